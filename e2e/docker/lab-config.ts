/** What every lab on a test engine says: the engine's images, the starter's weights, and ports of its own. */
import { anyFreePort } from '../../server/lib/ports.ts';
import type { TestEngine } from './harness/engine.ts';
import { ensureImages } from './harness/images.ts';
import { starterWeights } from './harness/weights.ts';

export async function labConfig(engine: TestEngine) {
  const [images, weights] = await Promise.all([ensureImages(engine), starterWeights()]);
  const ports = { model: 0, weaviate: 0, weaviate_grpc: 0, prometheus: 0, grafana: 0 };
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await anyFreePort();
  return {
    model_path: weights,
    context_size: 512,
    ports,
    images: Object.fromEntries(Object.entries(images).map(([service, { ref }]) => [service, ref])),
  };
}
