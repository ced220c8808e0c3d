/** What the inventory keeps of each file: which file of the disk it is, and how much of the disk it holds. */
import { lstat, realpath, stat } from 'node:fs/promises';
import { openQuietly } from './open-quietly.ts';

export interface FileOnDisk {
  /** As found: a file, or a link to one. */
  path: string;
  /** After all links. */
  real: string;
  /** The same for every path to one file. */
  key: string;
  sizeBytes: number;
  /** Bytes of the disk; less than the size where the file has holes. */
  diskBytes: number;
  /** Names that the file has on this disk. */
  names: number;
  isLink: boolean;
  readAt: number;
  writtenAt: number;
}

/** Null for a link to nothing. Throws what the system says otherwise. */
export async function fileOnDisk(path: string): Promise<FileOnDisk | null> {
  const own = await lstat(path);
  const real = await realpath(path).catch(() => null);
  const info = real === null ? null : await stat(real).catch(() => null);
  if (real === null || info === null) return null;
  return {
    path,
    real,
    key: `${info.dev}:${info.ino}`,
    sizeBytes: info.size,
    // Blocks are 512 bytes everywhere (stat(2)); Windows says 0.
    diskBytes: info.blocks > 0 ? Math.min(info.size, info.blocks * 512) : info.size,
    names: info.nlink,
    isLink: own.isSymbolicLink(),
    readAt: info.atimeMs,
    writtenAt: info.mtimeMs,
  };
}

/** Reading it counts from a while after it was written: a download reads what it writes, to check it. */
const AFTER_WRITING_MS = 60_000;

/** When it was last read, as far as the file system keeps that; null when never since it came. */
export function lastRead(files: readonly FileOnDisk[]): number | null {
  const times = files.filter((file) => file.readAt > file.writtenAt + AFTER_WRITING_MS);
  return times.length === 0 ? null : Math.round(Math.max(...times.map((file) => file.readAt)));
}

const EDGE_BYTES = 64 * 1024;

/** First and last 64 KB: two files of one size that agree in these are the same model, short of an attack. */
export async function edges(file: FileOnDisk): Promise<Buffer> {
  const handle = await openQuietly(file.real);
  try {
    const length = Math.min(EDGE_BYTES, file.sizeBytes);
    const both = Buffer.alloc(length * 2);
    await handle.read(both, 0, length, 0);
    await handle.read(both, length, length, file.sizeBytes - length);
    return both;
  } finally {
    await handle.close();
  }
}
