/**
 * The last lines of a log file, then, when followed, what is added. The file may not be there yet, may be moved away
 * with a new one in its place, and may be emptied; none of that loses or repeats a line.
 */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from './errors.ts';

/** At most so much of the end is looked at for the last lines, and read in one step afterwards. */
const MAX_TAIL_BYTES = 1024 * 1024;
const STEP_BYTES = 256 * 1024;
/** A program that never ends its line must not fill the memory. */
const MAX_LINE_CHARS = 64 * 1024;
const LOOK_EVERY_MS = 200;

export interface TailOptions {
  file: string;
  /** Where the file is moved when it is full: the lines before the first one. */
  predecessor: string;
  /** How many of the last lines. */
  lines: number;
  follow: boolean;
  signal: AbortSignal;
  /** Between two looks at the file. */
  pause?: (signal: AbortSignal) => Promise<unknown>;
}

const pauseOf200ms = (signal: AbortSignal) => sleep(LOOK_EVERY_MS, undefined, { signal });

/** Lines without their ends, in the pieces in which they were found. Ends with the signal, without an error. */
export async function* tailFile(options: TailOptions): AsyncGenerator<string[]> {
  const { file, predecessor, lines, follow, signal, pause = pauseOf200ms } = options;
  let handle = await openIfThere(file);
  try {
    const last = await lastLines(handle, lines);
    const before = last.whole ? await olderLines(predecessor, handle, lines - last.lines.length) : [];
    const found = [...before, ...last.lines, ...(follow || last.rest === '' ? [] : [last.rest])];
    if (found.length > 0 && lines > 0) yield found.slice(-lines);
    let position = last.position;
    let splitter = createSplitter(last.rest);
    if (!follow) return;
    while (!signal.aborted) {
      const size = handle === null ? 0 : (await handle.stat()).size;
      if (size < position) [position, splitter] = [0, createSplitter()];
      const bytes = handle === null ? NOTHING : await readAt(handle, position, STEP_BYTES);
      position += bytes.length;
      if (bytes.length > 0) {
        const more = splitter.feed(bytes);
        if (more.length > 0) yield more;
        continue;
      }
      const next = await successor(file, handle);
      if (next !== null) {
        await handle?.close();
        [handle, position] = [next, 0];
        const unended = splitter.end();
        splitter = createSplitter();
        if (unended.length > 0) yield unended;
        continue;
      }
      await pause(signal).catch(() => undefined);
    }
  } finally {
    await handle?.close();
  }
}

const NOTHING = Buffer.alloc(0);

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The new file when another one has taken the place of the open one; null while it is the same, or none is there. */
async function successor(file: string, handle: FileHandle | null): Promise<FileHandle | null> {
  if (handle === null) return openIfThere(file);
  const [now, ours] = await Promise.all([stat(file).catch(() => null), handle.stat()]);
  return now === null || now.ino === ours.ino ? null : openIfThere(file);
}

interface LastLines {
  lines: string[];
  /** What stands behind the last line end. */
  rest: string;
  position: number;
  /** Were the lines read from the file's very beginning? */
  whole: boolean;
}

async function lastLines(handle: FileHandle | null, wanted: number): Promise<LastLines> {
  if (handle === null) return { lines: [], rest: '', position: 0, whole: true };
  const { size } = await handle.stat();
  const start = Math.max(0, size - MAX_TAIL_BYTES);
  const bytes = await readAt(handle, start, size - start);
  const lines = bytes.toString('utf8').split('\n');
  const rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
  // Begun in the middle, the first one is a piece of a line.
  if (start > 0) lines.shift();
  const kept = wanted === 0 ? [] : lines.slice(-wanted);
  return { lines: kept, rest, position: start + bytes.length, whole: start === 0 };
}

async function olderLines(file: string, newer: FileHandle | null, wanted: number): Promise<string[]> {
  if (wanted <= 0) return [];
  const handle = await openIfThere(file);
  if (handle === null) return [];
  try {
    // Moved between our two looks: these are the lines that we have.
    if (newer !== null && (await handle.stat()).ino === (await newer.stat()).ino) return [];
    return (await lastLines(handle, wanted)).lines;
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function createSplitter(begun = '') {
  const decoder = new StringDecoder('utf8');
  let rest = begun;
  return {
    feed(bytes: Buffer): string[] {
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_CHARS) {
        lines.push(rest);
        rest = '';
      }
      return lines;
    },
    end: (): string[] => (rest === '' ? [] : [rest]),
  };
}
