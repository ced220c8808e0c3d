/** How many bytes a pull of an image will carry: what its registry lists, less the layers that Docker has. */
import type { PlanDownload } from '../../schemas/plan.ts';
import type { EngineApi } from './engine-api.ts';
import type { EngineInfo } from './engine-types.ts';
import { registryLogin } from './registry-login.ts';
import { askRegistry, type ImageLayers } from './registry.ts';

type Sizes = Pick<PlanDownload, 'bytes' | 'wholeBytes' | 'note'>;

const PATIENCE_MS = 8000;
const KEPT_MS = 300_000;
const kept = new Map<string, { at: number; layers: ImageLayers }>();

const sum = (list: readonly number[]): number => list.reduce((total, size) => total + size, 0);

/** Never rejects but for the signal: a size that nobody tells is null, with the reason. */
export async function imageDownload(
  engine: EngineApi,
  info: EngineInfo,
  image: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Sizes> {
  try {
    const { sizes, diffIds } = await layersOf(image, info, env, signal);
    const here = layersHere(diffIds, await engine.imageLayers(signal));
    return { bytes: sum(sizes.slice(here)), wholeBytes: sum(sizes), note: null };
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return { bytes: null, wholeBytes: null, note: `its registry did not tell the size: ${why}` };
  }
}

async function layersOf(
  image: string,
  info: EngineInfo,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ImageLayers> {
  const key = `${image} ${info.Architecture ?? ''}`;
  const known = kept.get(key);
  if (known !== undefined && Date.now() - known.at < KEPT_MS) return known.layers;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const { auth } = await registryLogin(image, env, limit);
  const layers = await askRegistry(image, info.Architecture, limit, auth);
  kept.set(key, { at: Date.now(), layers });
  return layers;
}

/** A layer counts as here only with all those below it: Docker keeps and shares them so. */
export function layersHere(diffIds: readonly string[], images: readonly (readonly string[])[]): number {
  let most = 0;
  for (const layers of images) {
    let same = 0;
    while (same < diffIds.length && layers[same] === diffIds[same]) same += 1;
    most = Math.max(most, same);
  }
  return most;
}
