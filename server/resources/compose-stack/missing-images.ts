/** The images that services need and Docker does not have. */
import { EMBEDDINGS_SERVICE, type Profile } from '../../schemas/lab.ts';
import type { EngineApi } from './engine-api.ts';
import { MODEL } from './layout.ts';
import type { RenderedStack } from './rendered.ts';

export interface MissingImage {
  image: string;
  services: string[];
}

/** Each image once, in the order of the services. */
export async function missingImages(
  engine: Pick<EngineApi, 'image'>,
  stack: RenderedStack,
  services: readonly string[],
  signal: AbortSignal,
): Promise<MissingImage[]> {
  const wanted = Map.groupBy(services, (service) => stack.services[service]?.image ?? '');
  const missing: MissingImage[] = [];
  for (const [image, those] of wanted) {
    if (image !== '' && (await engine.image(image, signal)) === null)
      missing.push({ image, services: those });
  }
  return missing;
}

const GIB = 1024 ** 3;
/** Unpacked, rounded up: what the pinned images take. */
const IMAGE_BYTES: Record<string, number> = {
  model: 0.6 * GIB,
  embeddings: 0.6 * GIB,
  weaviate: 0.5 * GIB,
  prometheus: 0.5 * GIB,
  grafana: 1.2 * GIB,
};
const CUDA_IMAGE_BYTES = 5 * GIB;

/** About; on Docker's disk. */
export function unpackedBytes(service: string, profile: Profile): number {
  return [MODEL, EMBEDDINGS_SERVICE].includes(service) && profile === 'gpu'
    ? CUDA_IMAGE_BYTES
    : (IMAGE_BYTES[service] ?? 0.5 * GIB);
}
