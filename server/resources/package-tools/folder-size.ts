/** How much a folder holds, told every half second: npm has no progress that a program could read. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const EVERY_MS = 500;

export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await folderSize(path);
    // Files come and go while npm works.
    else if (entry.isFile()) bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}

export function watchFolderSize(
  folder: string,
  onSize: (bytes: number) => void,
  signal: AbortSignal,
  everyMs = EVERY_MS,
): { stop(): void } {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const look = async () => {
    const bytes = await folderSize(folder);
    if (stopped || signal.aborted) return;
    onSize(bytes);
    timer = setTimeout(() => void look(), everyMs);
  };
  timer = setTimeout(() => void look(), everyMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
