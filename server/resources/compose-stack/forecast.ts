/** What bringing services up takes from network, ports and disk. Asks Docker and registries; changes nothing. */
import type { Forecast } from '../../engine/resource.ts';
import type { Profile } from '../../schemas/lab.ts';
import type { EngineApi } from './engine-api.ts';
import { imageDownload } from './image-download.ts';
import { missingImages, unpackedBytes } from './missing-images.ts';
import { lookAtPort, publishedPorts } from './published-ports.ts';
import type { RenderedStack } from './rendered.ts';

export interface ForecastInput {
  engine: EngineApi;
  project: string;
  profile: Profile;
  stack: RenderedStack;
  /** Every service of the lab. */
  services: readonly string[];
  /** Those to be created or recreated: only their images are pulled. */
  changed: readonly string[];
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

export async function forecastStack(input: ForecastInput): Promise<Forecast> {
  const { engine, project, profile, stack, signal } = input;
  const [info, containers] = await Promise.all([engine.info(signal), engine.containers(null, signal)]);
  const missing = await missingImages(engine, stack, input.changed, signal);
  const downloads = await Promise.all(
    missing.map(async ({ image, services }) => ({
      kind: 'image' as const,
      name: image,
      for: services,
      about: false,
      ...(await imageDownload(engine, info, image, input.env, signal)),
    })),
  );
  const ports = await Promise.all(
    publishedPorts(stack, input.services).map(async ({ service, port }) => ({
      item: service,
      port,
      ...(await lookAtPort(port, project, containers)),
    })),
  );
  const folder = info.DockerRootDir ?? '';
  const writes = missing.map(({ services: [first = ''] }) => ({
    of: 'docker' as const,
    folder,
    bytes: unpackedBytes(first, profile),
  }));
  return { downloads, ports, writes };
}
