/** By which digest an image is known. */
import type { ImageDetails } from './engine-types.ts';
import { parseReference } from './registry.ts';

/**
 * The digest under which its registry knows it; an image that never came from there is known by its ID, here only.
 * A digest of another repository (a pulled image that was given this name) does not count: by it, nothing could be
 * pulled under this one.
 */
export function imageIdentity(
  reference: string,
  image: ImageDetails | null,
): { digest: string | null; local: boolean | null } {
  if (image === null) return { digest: null, local: null };
  const { registry, repository } = parseReference(reference);
  const digests = (image.RepoDigests ?? []).map((text) => ({
    of: parseReference(text),
    digest: text.split('@')[1],
  }));
  const own = digests.find(({ of }) => of.registry === registry && of.repository === repository);
  return own?.digest === undefined ? { digest: image.Id, local: true } : { digest: own.digest, local: false };
}
