/** The facts of what has not changed since they were told last: the same objects have the same ones. */
import type { ContainerDetails, ImageDetails } from './engine-types.ts';
import { askedFacts, foundFacts } from './facts.ts';
import type { RenderedService, RenderedStack } from './rendered.ts';

type Facts = ReturnType<typeof askedFacts>;

/** A service is of one stack. */
const asked = new WeakMap<RenderedService, Facts>();
const found = new WeakMap<
  ContainerDetails,
  { service: RenderedService; image: ImageDetails | null; facts: Facts }
>();

export function askedOnce(service: RenderedService, stack: RenderedStack): Facts {
  const facts = asked.get(service) ?? askedFacts(service, stack);
  asked.set(service, facts);
  return facts;
}

export function foundOnce(
  container: ContainerDetails,
  service: RenderedService,
  image: ImageDetails | null,
): Facts {
  const known = found.get(container);
  if (known?.service === service && known.image === image) return known.facts;
  const facts = foundFacts(container, service, image);
  found.set(container, { service, image, facts });
  return facts;
}
