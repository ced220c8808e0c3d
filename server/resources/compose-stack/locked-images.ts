/** Which reference brings exactly the image that a lock names: decided before anything is made. */
import { readFileSync } from 'node:fs';
import type { Profile } from '../../schemas/lab.ts';
import type { LockDifference, LockedService } from '../../schemas/lock.ts';
import { stackPaths } from './compose-cli.ts';
import { connectEngine, type EngineApi } from './engine-api.ts';
import { imageIdentity } from './image-identity.ts';
import { askRegistry } from './registry.ts';

export interface LockedImages {
  /** By service. */
  images: Record<string, string>;
  differences: LockDifference[];
}

const REGISTRY_MS = 8000;

export async function lockedImages(
  env: NodeJS.ProcessEnv,
  services: Readonly<Record<string, LockedService>>,
  signal: AbortSignal,
): Promise<LockedImages> {
  const engine = await connectEngine(env, signal);
  const found = await Promise.all(
    Object.entries(services).map(
      async ([name, service]) => [name, await lockedImage(engine, service, signal)] as const,
    ),
  );
  return {
    images: Object.fromEntries(found.map(([name, { reference }]) => [name, reference])),
    differences: found.flatMap(([name, { trouble }]) =>
      trouble === undefined
        ? []
        : [
            {
              field: `ai-lab-stack.services.${name}.digest`,
              locked: services[name]?.digest ?? '',
              found: trouble,
            },
          ],
    ),
  };
}

interface Decision {
  reference: string;
  /** What is there instead, in words. */
  trouble?: string;
}

async function lockedImage(
  engine: EngineApi,
  service: LockedService,
  signal: AbortSignal,
): Promise<Decision> {
  const { image, digest, local } = service;
  const here = imageIdentity(image, await engine.image(image, signal)).digest;
  if (here === digest) return { reference: image };
  if (local)
    return { reference: image, trouble: here ?? `no image ${image} is here, and it came from no registry` };
  const reference = `${image.split('@')[0]}@${digest}`;
  if ((await engine.image(reference, signal)) !== null) return { reference };
  const why = await refusal(reference, signal);
  if (why === null) return { reference };
  return { reference, trouble: here === null ? why : `${here}; ${why}` };
}

/** Null when the registry has it, or may have it: then the pull itself, by digest, is the proof. */
async function refusal(reference: string, signal: AbortSignal): Promise<string | null> {
  try {
    await askRegistry(reference, undefined, AbortSignal.any([signal, AbortSignal.timeout(REGISTRY_MS)]));
    return null;
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return why === 'it wants a login' ? null : `of the locked one, its registry says: ${why}`;
  }
}

/** The images that the stack files name where nobody says otherwise, by service. */
export function defaultImages(stacksFolder: string, profile: Profile): Record<string, string> {
  const text = stackPaths(stacksFolder, profile).map((path) => readFileSync(path, 'utf8'));
  const named = text.join('\n').matchAll(/\$\{AILAB_IMAGE_([A-Z]+):-([^}]+)\}/g);
  // Of two files the later one counts, as with Compose.
  return Object.fromEntries([...named].map(([, name = '', image = '']) => [name.toLowerCase(), image]));
}
