/** The containers of a project with their images, as they are now. */
import type { Found } from './actual.ts';
import type { EngineApi } from './engine-api.ts';
import type { ImageDetails } from './engine-types.ts';
import type { RenderedStack } from './rendered.ts';

export async function probe(
  engine: EngineApi,
  project: string,
  stack: RenderedStack | null,
  signal: AbortSignal,
): Promise<Found[]> {
  const images = new Map<string, Promise<ImageDetails | null>>();
  const imageOf = (reference: string) => {
    let known = images.get(reference);
    if (known === undefined) images.set(reference, (known = engine.image(reference, signal)));
    return known;
  };
  // Asked ahead, as what an image's name means does not hang on the containers; a failure is theirs who need it.
  const ahead = Object.values(stack?.services ?? {}).map(({ image }) => imageOf(image).catch(() => null));
  const [list] = await Promise.all([engine.containers(project, signal), ...ahead]);
  const found = await Promise.all(
    list.map(async ({ Id, Labels }): Promise<Found | null> => {
      const asked = stack?.services[Labels?.['com.docker.compose.service'] ?? '']?.image;
      const [container, wanted] = await Promise.all([
        engine.container(Id, signal),
        asked === undefined ? null : imageOf(asked),
      ]);
      // Gone between the list and the look.
      if (container === null) return null;
      // As a rule they are one, and one question less.
      const image = wanted?.Id === container.Image ? wanted : await imageOf(container.Image);
      return { container, wanted, image };
    }),
  );
  return found.filter((entry) => entry !== null);
}
