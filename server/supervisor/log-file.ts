/**
 * A log that can't fill the disk and can't end its writer: over 10 MB it is moved to `.1` (one is kept), and what
 * can't be written is dropped. The last words stay in memory for the record.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';

const LIMIT = 10 * 1024 * 1024;
const KEPT_WORDS = 8 * 1024;

export interface LogFile {
  write(chunk: Buffer | string): void;
  /** The last lines written, at most `lines` of them. */
  lastWords(lines?: number): string;
  /** Forgets the words (not the file), so that a new child is not blamed for those of the last one. */
  forget(): void;
}

export function openLog(file: string, limit = LIMIT): LogFile {
  let size = sizeOf(file);
  let words = '';
  return {
    write(chunk) {
      words = (words + chunk.toString()).slice(-KEPT_WORDS);
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
    lastWords: (lines = 6) => words.trim().split('\n').slice(-lines).join('\n').slice(-1200),
    forget() {
      words = '';
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
