/**
 * A log that can't fill the disk and can't end its writer: over 10 MB it is moved to `.1` (one is kept), and what
 * can't be written is dropped. The end of it stays in memory for the record.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';

const LIMIT = 10 * 1024 * 1024;
const KEPT = 8 * 1024;

export interface LogFile {
  write(chunk: Buffer | string): void;
  /** The end of what was written, a few KB of it. */
  tail(): string;
  /** Forgets the tail (not the file), so that a new child is not blamed for the words of the last one. */
  forget(): void;
}

/** llama-server (and our worker) mark errors so: a time, then the level. */
const ERROR_LINE = /^\S+ E +/;

/** What tells most in at most three lines: the first different errors, else the last lines. */
export function tellingWords(tail: string): string {
  const lines = tail.trim().split('\n');
  const errors = lines.filter((line) => ERROR_LINE.test(line)).map((line) => line.replace(ERROR_LINE, ''));
  const telling = errors.length > 0 ? [...new Set(errors)].slice(0, 3) : lines.slice(-3);
  return telling.join('\n').slice(0, 1200);
}

export function openLog(file: string, limit = LIMIT): LogFile {
  let size = sizeOf(file);
  let tail = '';
  return {
    write(chunk) {
      tail = (tail + chunk.toString()).slice(-KEPT);
      try {
        if (size + chunk.length > limit) {
          renameSync(file, `${file}.1`);
          size = 0;
        }
        appendFileSync(file, chunk, { mode: 0o600 });
        size += chunk.length;
      } catch {
        size = sizeOf(file);
      }
    },
    tail: () => tail,
    forget() {
      tail = '';
    },
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
