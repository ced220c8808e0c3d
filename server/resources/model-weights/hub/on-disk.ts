/** What has come of files of the Hub, measured in the cache, whoever downloads. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HubFile } from './ask.ts';
import { wholeBlob, type Places } from './places.ts';

/** Bytes of these files that are in the cache, whole or in part. */
export async function bytesOnDisk(places: Places, files: readonly HubFile[]): Promise<number> {
  const names = await readdir(places.blobs).catch(() => []);
  let sum = 0;
  for (const file of files) {
    if ((await wholeBlob(places, file)) !== null) sum += file.size;
    else sum += Math.min(file.size, await largestPartial(places, file, names));
  }
  return sum;
}

/** `hf` adds a word of its own to the name: `<hash>.<8 hex>.incomplete`. */
async function largestPartial(places: Places, { hash }: HubFile, names: readonly string[]): Promise<number> {
  let largest = 0;
  for (const name of names) {
    if (!name.startsWith(`${hash.hex}.`) || !name.endsWith('.incomplete')) continue;
    const info = await stat(join(places.blobs, name)).catch(() => null);
    if (info !== null) largest = Math.max(largest, written(info));
  }
  return largest;
}

/** A file with holes is as long as its last byte is far: its blocks tell what was written. */
export function written({ size, blocks }: { size: number; blocks: number }): number {
  return process.platform === 'win32' ? size : Math.min(size, blocks * 512);
}
