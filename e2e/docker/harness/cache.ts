/** The harness's cache folder: what is downloaded or built once, and survives between runs. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** `$XDG_CACHE_HOME` or `~/.cache`, then `ailab-web/docker`; made when missing. */
export function cacheFolder(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  const root = xdg === undefined || xdg === '' ? join(homedir(), '.cache') : xdg;
  const folder = join(root, 'ailab-web', 'docker');
  mkdirSync(folder, { recursive: true });
  return folder;
}

const BUILD_PREFIX = 'build-';
const STALE_BUILD_MS = 60 * 60_000;

/**
 * A folder on the cache's own disk, so that what is finished in it is renamed into place and nothing half-made ever
 * has a final name. Gone afterwards; those of killed runs are removed after an hour.
 */
export async function inBuildFolder<T>(build: (folder: string) => Promise<T>): Promise<T> {
  const cache = cacheFolder();
  for (const name of readdirSync(cache)) {
    if (!name.startsWith(BUILD_PREFIX)) continue;
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > STALE_BUILD_MS) rmSync(path, { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(cache, BUILD_PREFIX));
  try {
    return await build(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** One line on stderr; vitest holds console lines back until a test ends, and a first run takes minutes. */
export function say(text: string): void {
  process.stderr.write(`[docker harness] ${text}\n`);
}

/** Says what is waited for, and how long it took when that was more than a moment. */
export async function saying<T>(what: string, work: () => Promise<T>): Promise<T> {
  say(`${what} …`);
  const begun = performance.now();
  const result = await work();
  const seconds = (performance.now() - begun) / 1000;
  if (seconds > 1) say(`${what}: ${seconds.toFixed(1)} s`);
  return result;
}
