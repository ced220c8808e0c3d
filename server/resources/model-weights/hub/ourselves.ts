/** One file of the Hub into the cache by our own download: checked before it takes the blob's name. */
import { rename, stat } from 'node:fs/promises';
import type { HubFile, Patience } from './ask.ts';
import { blobOf, cacheError, partialOf, removeBroken, type Places } from './places.ts';
import { downloadPlain } from './plain.ts';
import type { HubSettings } from './settings.ts';
import { hashFile, wrongHash } from './verify.ts';

export interface Wanted {
  repo: string;
  commit: string;
  file: HubFile;
  places: Places;
}

/** Waits and limits in milliseconds. */
export const TIMING = {
  /** Without a byte, a connection is given up and made anew. */
  idleMs: 30_000,
  /** Without a byte, that is said. */
  stallMs: 15_000,
  /** Waits before further tries, while no byte comes. */
  retryMs: [500, 1000, 2000, 4000, 8000] as readonly number[],
  everyMs: 250,
};
export type PullTiming = typeof TIMING;

/** What was begun before, maybe by another program, is given one more chance from its first byte. Errors: `downloadPlain`, `hub_wrong_sha256`. */
export async function fetchOurselves(hub: HubSettings, wanted: Wanted, patience: Patience): Promise<void> {
  const { repo, file, places } = wanted;
  const partial = partialOf(places, file);
  const begun = (await stat(partial).catch(() => null)) !== null;
  await downloadPlain(hub, wanted, partial, patience);
  const found = await hashFile(partial, file, patience.signal, () => undefined);
  if (found === file.hash.hex) {
    await rename(partial, blobOf(places, file)).catch((error: unknown) => {
      throw cacheError(partial, error);
    });
    return;
  }
  await removeBroken(places, file);
  if (!begun) throw wrongHash(repo, file, found);
  await fetchOurselves(hub, wanted, patience);
}
