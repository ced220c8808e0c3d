/**
 * What a hook writes, however much it is: the beginning and the end of it in memory, all of it in a file of the home
 * until it is known whether that is needed. What is shown or kept is harmless for terminals and pages.
 */
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { harmless } from '../lib/harmless.ts';

const HEAD_BYTES = 16 * 1024;
const TAIL_BYTES = 48 * 1024;
/** Of one run; past it the file ends with words that say so, and so is longer than this. */
export const FILE_MAX_BYTES = 128 * 1024 * 1024;
/** Of all runs together; the oldest files go first. */
export const FOLDER_MAX_BYTES = 256 * 1024 * 1024;
/** `harmless` cuts a longer line, and nothing may be lost here. */
const PIECE_CHARS = 8192;

export interface HookOutput {
  write(chunk: Uint8Array | string): void;
  /** So far, for the receipt: at most 64 KiB, and in words how much was left out between beginning and end. */
  text(): string;
  /** No more comes. The file stays where `keep` asks for it and `text` does not hold all. */
  end(keep: boolean): void;
}

export const outputFile = (folder: string, id: string): string => join(folder, `${id}.log`);

export function captureOutput(folder: string, id: string): HookOutput {
  let total = 0;
  let head = Buffer.alloc(0);
  let tail: Buffer[] = [];
  let tailSize = 0;
  let file: ReturnType<typeof openFile> | undefined;

  const whole = () => total <= HEAD_BYTES + TAIL_BYTES;
  return {
    write(chunk) {
      const bytes = Buffer.from(chunk);
      total += bytes.length;
      const room = HEAD_BYTES - head.length;
      if (room > 0) head = Buffer.concat([head, bytes.subarray(0, room)]);
      const rest = bytes.subarray(Math.max(0, room));
      if (rest.length > 0) tail.push(rest);
      tailSize += rest.length;
      // The file begins once memory can't hold all: with what memory has until then.
      if (file !== undefined) file.write(bytes);
      else if (!whole()) {
        file = openFile(folder, id);
        for (const part of [head, ...tail]) file.write(part);
      }
      if (tailSize > 2 * TAIL_BYTES) {
        tail = [Buffer.concat(tail).subarray(-TAIL_BYTES)];
        tailSize = TAIL_BYTES;
      }
    },
    text() {
      const end = Buffer.concat(tail);
      if (whole()) return harmlessText(Buffer.concat([head, end]));
      const kept = end.subarray(-TAIL_BYTES);
      const left = total - head.length - kept.length;
      return `${harmlessText(head)}\n[… ${left} bytes left out …]\n${harmlessText(kept)}`;
    },
    end(keep) {
      file?.end();
      if (file !== undefined && !keep) rmSync(outputFile(folder, id), { force: true });
      if (keep) pruneFolder(folder);
    },
  };
}

function harmlessText(bytes: Buffer): string {
  return bytes.toString('utf8').split('\n').map(harmlessLine).join('\n');
}

/** A disk that is full, or a folder that can't be made, costs the file and never the hook. */
function openFile(folder: string, id: string) {
  const decoder = new StringDecoder('utf8');
  let size = 0;
  let rest = '';
  let fd: number | undefined;
  const put = (text: string) => {
    if (fd === undefined) return;
    try {
      const bytes = Buffer.from(text);
      const room = FILE_MAX_BYTES - size;
      writeSync(fd, bytes.subarray(0, room));
      size += bytes.length;
      if (bytes.length <= room) return;
      writeSync(fd, `\n[cut at ${FILE_MAX_BYTES} bytes]\n`);
      close();
    } catch {
      close();
    }
  };
  const close = () => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    fd = openSync(outputFile(folder, id), 'w', 0o600);
  } catch {
    // As above.
  }
  return {
    write(bytes: Buffer): void {
      if (fd === undefined) return;
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      const pieces = lines.map((line) => `${harmlessLine(line)}\n`);
      while (rest.length > PIECE_CHARS) {
        pieces.push(harmless(rest.slice(0, PIECE_CHARS)));
        rest = rest.slice(PIECE_CHARS);
      }
      put(pieces.join(''));
    },
    end(): void {
      put(harmlessLine(rest + decoder.end()));
      close();
    },
  };
}

function harmlessLine(line: string): string {
  if (line.length <= PIECE_CHARS) return harmless(line);
  const pieces: string[] = [];
  for (let at = 0; at < line.length; at += PIECE_CHARS)
    pieces.push(harmless(line.slice(at, at + PIECE_CHARS)));
  return pieces.join('');
}

/** Ids sort by time, so names do. */
function pruneFolder(folder: string): void {
  try {
    let room = FOLDER_MAX_BYTES;
    for (const name of readdirSync(folder).toSorted().toReversed()) {
      const path = join(folder, name);
      room -= statSync(path).size;
      if (room < 0) rmSync(path, { force: true });
    }
  } catch {
    // No folder, no files.
  }
}
