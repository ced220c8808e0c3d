/** What every other user of this machine can see of our processes, and what our children are handed. Linux. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessWords {
  pid: number;
  /** Arguments, joined by spaces. */
  argv: string;
  /** Environment as NAME=value, joined by spaces; empty where it can't be read. */
  environ: string;
}

/** All processes of this machine but this one. */
export function allProcesses(): ProcessWords[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({
      pid: Number(pid),
      argv: wordsOf(`/proc/${pid}/cmdline`),
      environ: wordsOf(`/proc/${pid}/environ`),
    }));
}

function wordsOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
