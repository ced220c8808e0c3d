/** The containers of a project with their images, as they are now. */
import { serviceOf, type Found } from './actual.ts';
import type { EngineApi } from './engine-api.ts';
import type { ContainerDetails, ImageDetails } from './engine-types.ts';
import { imageInList, inspectImage } from './images.ts';
import type { RenderedStack } from './rendered.ts';
import { detailsOf } from './unchanged.ts';

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
  const list = await engine.containers(project, signal);
  const summaries = new Map(list.map((summary) => [summary.Id, summary]));
  const foundOf = async (container: ContainerDetails): Promise<Found> => {
    const service = serviceOf(container.Config.Labels);
    // What a stranger's image is, nobody asks.
    if (service === null) return { container, wanted: null, image: null };
    const asked = stack?.services[service]?.image;
    const summary = summaries.get(container.Id);
    const wanted =
      asked === undefined
        ? null
        : ((summary === undefined ? null : imageInList(summary, asked)) ?? (await imageOf(asked)));
    // As a rule they are one, and one question less.
    const image = wanted?.Id === container.Image ? wanted : await imageOf(container.Image);
    return { container, wanted, image };
  };
  const containers = await detailsOf(engine, project, list, signal);
  return Promise.all(containers.map(foundOf));
}
