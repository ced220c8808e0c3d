/** Images as a look needs them. */
import type { EngineApi } from './engine-api.ts';
import type { ContainerSummary, ImageDetails } from './engine-types.ts';
import { imageIdentity } from './image-identity.ts';
import { keepNewest } from '../../lib/keep-newest.ts';

/** An ID is the hash of what the image is; but which registries know it can change. */
const KEEP_MS = 10_000;
const MOST_KEPT = 16;

const kept = new Map<string, { image: ImageDetails; at: number }>();

/**
 * The image of a container whose summary says that `reference` still means it, as Docker found for this very list; null
 * where it says something else, the image was not seen lately, or no registry knew it: then Docker is to be asked.
 */
export function imageInList({ Image, ImageID }: ContainerSummary, reference: string): ImageDetails | null {
  if (ImageID === undefined || Image !== reference || Image === ImageID) return null;
  const known = kept.get(ImageID);
  if (known === undefined || performance.now() - known.at >= KEEP_MS) return null;
  // What was built here may be known to a registry a moment later, and a lock is to say so.
  return imageIdentity(reference, known.image).local === false ? known.image : null;
}

export async function inspectImage(
  engine: Pick<EngineApi, 'image'>,
  reference: string,
  signal: AbortSignal,
): Promise<ImageDetails | null> {
  const at = performance.now();
  const image = await engine.image(reference, signal);
  if (image === null) return null;
  keepNewest(kept, image.Id, { image, at }, MOST_KEPT);
  return image;
}
