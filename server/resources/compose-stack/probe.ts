/** The containers of a project with their images, as they are now. */
import { serviceOf, type Found } from './actual.ts';
import type { EngineApi } from './engine-api.ts';
import type { ContainerSummary, ImageDetails } from './engine-types.ts';
import { imageInList, inspectImage } from './images.ts';
import type { RenderedStack } from './rendered.ts';
import { strangerDetails } from './strangers.ts';

export async function probe(
  engine: EngineApi,
  project: string,
  stack: RenderedStack | null,
  signal: AbortSignal,
): Promise<Found[]> {
  const images = new Map<string, Promise<ImageDetails | null>>();
  const imageOf = (reference: string) => {
    let known = images.get(reference);
    if (known === undefined) images.set(reference, (known = inspectImage(engine, reference, signal)));
    return known;
  };
  const lookAt = async (summary: ContainerSummary): Promise<Found | null> => {
    const asked = stack?.services[serviceOf(summary.Labels) ?? '']?.image;
    const listed = asked === undefined ? null : imageInList(summary, asked);
    const [container, wanted] = await Promise.all([
      engine.container(summary.Id, signal),
      listed ?? (asked === undefined ? null : imageOf(asked)),
    ]);
    // Gone between the list and the look.
    if (container === null) return null;
    // As a rule they are one, and one question less.
    const image = wanted?.Id === container.Image ? wanted : await imageOf(container.Image);
    return { container, wanted, image };
  };
  const list = await engine.containers(project, signal);
  const [found, strangers] = await Promise.all([
    Promise.all(list.filter(isOurs).map(lookAt)),
    strangerDetails(
      engine,
      project,
      list.filter((summary) => !isOurs(summary)),
      signal,
    ),
  ]);
  return [
    ...found.filter((entry) => entry !== null),
    ...strangers.map((container) => ({ container, wanted: null, image: null })),
  ];
}

const isOurs = ({ Labels }: ContainerSummary): boolean => serviceOf(Labels) !== null;
