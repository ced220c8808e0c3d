/**
 * A download by Hugging Face's own `hf`. From its 2.0 on it writes to a name of its own (`<hash>.<8 hex>.incomplete`),
 * removes that when it fails, and begins anew the next time; so we hold the bytes by a second name.
 */
import { link, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exec, lastWords } from '../../../lib/exec.ts';
import { withoutPassword } from '../download/source.ts';
import { plain } from '../words.ts';
import type { HubFile } from './ask.ts';
import { written } from './on-disk.ts';
import { blobOf, partialOf, type Places } from './places.ts';
import type { HubSettings } from './settings.ts';
import { hubError } from './trouble.ts';

export interface HfProgram {
  /** `hf`, or an old `huggingface-cli` that still works. */
  path: string;
  version: string;
}

export interface HfDownload {
  /** Holds what is there by a second name; to be called again and again while it runs. */
  keep(): Promise<void>;
  /** Resolves when the blob is there. Throws `hf_failed`, or the signal's reason; what has come stays. */
  done: Promise<void>;
}

/** It writes nothing until it has a piece of 10 MiB. */
export const HF_NOTE = 'hf writes 10 MB at a time';

export async function startHf(
  hf: HfProgram,
  hub: HubSettings,
  where: { repo: string; commit: string; file: HubFile; places: Places },
  signal: AbortSignal,
): Promise<HfDownload> {
  const { repo, commit, file, places } = where;
  const before = new Set(await temporaries(places, file));
  const keep = () => holdOn(places, file, before);
  const run = async () => {
    const args = ['download', '--revision', commit, '--cache-dir', hub.root, '--', repo, file.path];
    try {
      const result = await exec(hf.path, args, { env: hfEnv(hub), signal });
      if (result.code === 0) return;
      const words = plain(withoutSecrets(lastWords(result), hub).replaceAll('\n', ' · '), 1200);
      throw hubError(
        'hf_failed',
        503,
        `hf ${hf.version} could not download ${plain(file.path)} of ${repo} (exit ${result.code ?? result.signal}). Its last words: ${words}`,
        'Pull again: what has come is kept. AILAB_DOWNLOADER=plain downloads without hf.',
      );
    } finally {
      await keep();
      await settle(places, file, before);
    }
  };
  return { keep, done: run() };
}

/** The user's own environment, with all switched off that has no place in a pull: adverts, telemetry, shared blobs. */
function hfEnv({ env }: HubSettings): NodeJS.ProcessEnv {
  return {
    ...env,
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    HF_HUB_DISABLE_TELEMETRY: '1',
    HF_HUB_DISABLE_UPDATE_CHECK: '1',
    // Its blobs would be links to outside the repo's folder, which a container does not see.
    HF_HUB_DISABLE_SHARED_BLOBS: '1',
    NO_COLOR: '1',
  };
}

/** Names of this file's downloads by `hf` in the cache. */
async function temporaries({ blobs }: Places, { hash }: HubFile): Promise<string[]> {
  const names = await readdir(blobs).catch(() => []);
  const pattern = new RegExp(`^${hash.hex}\\.[0-9a-f]{8}\\.incomplete$`);
  return names.filter((name) => pattern.test(name));
}

/** Where we were killed beside `hf`, what came has two names: one is enough. */
export async function dropTwins(places: Places, file: HubFile): Promise<void> {
  const kept = await stat(partialOf(places, file)).catch(() => null);
  for (const name of kept === null ? [] : await temporaries(places, file)) {
    const path = join(places.blobs, name);
    if ((await stat(path).catch(() => null))?.ino === kept?.ino) await rm(path, { force: true });
  }
}

async function holdOn(places: Places, file: HubFile, before: ReadonlySet<string>): Promise<void> {
  for (const name of await temporaries(places, file)) {
    // Another program's download is none of ours; a disk without hard links keeps what it can in the end.
    if (!before.has(name))
      await link(join(places.blobs, name), partialOf(places, file)).catch(() => undefined);
  }
}

/** One name for what has come, none where the blob is whole or the rest has holes. */
async function settle(places: Places, file: HubFile, before: ReadonlySet<string>): Promise<void> {
  const partial = partialOf(places, file);
  for (const name of await temporaries(places, file)) {
    if (before.has(name)) continue;
    const own = join(places.blobs, name);
    if ((await stat(partial).catch(() => null)) === null) await rename(own, partial).catch(() => undefined);
    else await rm(own, { force: true });
  }
  const whole = await stat(blobOf(places, file)).catch(() => null);
  const left = await stat(partial).catch(() => null);
  if (left !== null && (whole !== null || written(left) < left.size)) await rm(partial, { force: true });
}

function withoutSecrets(text: string, { token }: HubSettings): string {
  const clean = withoutPassword(text);
  return token === null ? clean : clean.replaceAll(token, '…');
}
