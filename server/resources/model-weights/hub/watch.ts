/** What has come, measured on the disk: the one measure that holds whoever downloads, and that no program can gloss over. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../../../engine/resource.ts';
import { formatDuration, formatMoment } from '../../../schemas/format.ts';
import type { HubFile } from './ask.ts';
import { wholeBlob, type Places } from './places.ts';

export interface WatchOptions {
  places: Places;
  files: readonly HubFile[];
  /** E.g. `Downloading x.gguf with hf`. */
  message: string;
  report(progress: Progress): void;
  everyMs: number;
  /** Milliseconds without a byte after which that is said. */
  stallMs: number;
  /** How who downloads writes, where that matters, e.g. `hf writes 10 MB at a time`. */
  note?: string | undefined;
  /** Runs before each look. */
  before?: (() => Promise<void>) | undefined;
}

/** Reports until it is stopped. */
export function watchBytes(options: WatchOptions): { stop(): void } {
  const { places, files, message, report, everyMs, stallMs } = options;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let stopped = false;
  let timer: NodeJS.Timeout;
  let most = -1;
  let last = Date.now();
  let since = performance.now();
  const look = async () => {
    await options.before?.();
    const done = await bytesOnDisk(places, files);
    if (stopped) return;
    const moved = done !== most;
    if (moved) {
      since = performance.now();
      last = Date.now();
    }
    most = done;
    const quietMs = performance.now() - since;
    const quiet = quietMs >= stallMs;
    const words = quiet ? stalled(quietMs, last, options.note) : message;
    // Where bytes come in large pieces, a rate is true only from piece to piece.
    if (moved || quiet) report({ message: words, done, total, unit: 'bytes', network: true });
    timer = setTimeout(tick, everyMs);
  };
  const tick = () => void look().catch(() => undefined);
  timer = setTimeout(tick, 0);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function stalled(quietMs: number, last: number, note: string | undefined): string {
  const [time, at] = [formatDuration(quietMs), formatMoment(last, Date.now())];
  return note === undefined
    ? `No byte for ${time}, the last came at ${at}; still trying`
    : `Nothing written for ${time}, the last at ${at}; still trying (${note})`;
}

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
