/** The containers of the project as items. Pure: what the engine said is told. */
import type { Item } from '../../schemas/lab.ts';
import { conditionOf } from './condition.ts';
import type { ContainerDetails, ImageDetails } from './engine-types.ts';
import { portWords, publishedPort } from './facts.ts';
import { askedOnce, foundOnce } from './facts-once.ts';
import { imageIdentity } from './image-identity.ts';
import { HASH_LABEL, SERVICE_LABEL } from './layout.ts';
import type { RenderedStack } from './rendered.ts';

export interface Found {
  container: ContainerDetails;
  /** Of the container's own image; null when that image is gone. */
  image: ImageDetails | null;
  /** What the asked reference means today; null when it is not here or was not looked for. */
  wanted: ImageDetails | null;
}

/** The service a container is of: only Compose writes the hash label, so a stranger with our labels is none. */
export function serviceOf(labels: Record<string, string> | null | undefined): string | null {
  if (labels?.[HASH_LABEL] === undefined || labels['com.docker.compose.oneoff'] === 'True') return null;
  return labels[SERVICE_LABEL] ?? null;
}

/** `services`: those of the stack file. Without a rendered stack nothing is known about drift. */
export function stackItems(
  found: readonly Found[],
  services: readonly string[],
  stack: RenderedStack | null,
): Item[] {
  const groups = Map.groupBy(found, ({ container }) => {
    const service = serviceOf(container.Config.Labels);
    return service !== null && services.includes(service) ? service : '';
  });
  const strangers = (groups.get('') ?? []).map(({ container }) => strangerItem(container));
  const items = services.flatMap((service) => {
    const list = (groups.get(service) ?? []).toSorted((a, b) => bestFirst(a.container, b.container));
    const [best] = list;
    return best === undefined ? [] : [serviceItem(service, best, list.length, stack)];
  });
  return [...items, ...strangers];
}

/** Desired item of a service; without a rendered stack its name is all that is known. */
export function askedItem(service: string, stack: RenderedStack | null): Item {
  const rendered = stack?.services[service];
  const meta =
    rendered === undefined || stack === null ? {} : { ...askedOnce(rendered, stack), containers: 1 };
  return { name: service, domain: 'service', meta };
}

function serviceItem(service: string, found: Found, containers: number, stack: RenderedStack | null): Item {
  const { container, image, wanted } = found;
  const condition = conditionOf(container);
  const rendered = stack?.services[service];
  const facts = rendered === undefined ? {} : foundOnce(container, rendered, image);
  // The tag was pulled again since: the name is the same and the image another one.
  const moved = wanted !== null && wanted.Id !== container.Image;
  return {
    name: service,
    domain: 'service',
    health: condition.health,
    ...(condition.error === null ? {} : { error: condition.error }),
    meta: {
      ports: portWords(container),
      ...facts,
      port: publishedPort(container),
      containers,
      image: moved ? `${container.Config.Image} (an older one of that name)` : container.Config.Image,
      ...identityMeta(container, image),
      container: container.Id.slice(0, 12),
      container_name: container.Name.replace(/^\//, ''),
      started_at: startedAt(container),
      restarts: container.RestartCount,
      ended_at: endedAt(container),
      exit_code: condition.exitCode,
      exit_reason: condition.exitReason,
      done: condition.done,
    },
  };
}

function identityMeta(container: ContainerDetails, image: ImageDetails | null): Item['meta'] {
  const { digest, local } = imageIdentity(container.Config.Image, image);
  return { image_digest: digest ?? container.Image, image_digest_is_local_id: local ?? true };
}

/** Epoch milliseconds; null for a container that was never started (the engine then says year 1). */
export function startedAt({ State: { StartedAt } }: ContainerDetails): number | null {
  const time = Date.parse(StartedAt);
  return Number.isNaN(time) || time <= 0 ? null : time;
}

/** Epoch milliseconds; null while it runs. */
function endedAt({ State: { Status, FinishedAt } }: ContainerDetails): number | null {
  const time = Date.parse(FinishedAt);
  return ['exited', 'dead', 'restarting'].includes(Status) && time > 0 ? time : null;
}

function strangerItem(container: ContainerDetails): Item {
  const id = container.Id.slice(0, 12);
  return {
    name: `${container.Name.replace(/^\//, '')} (container ${id})`,
    domain: 'service',
    health: conditionOf(container).health,
    meta: {
      container: id,
      image: container.Config.Image,
      ports: portWords(container),
      started_at: startedAt(container),
    },
  };
}

/** A running one before one that is not, then the newest: an interrupted recreate leaves two. */
function bestFirst(a: ContainerDetails, b: ContainerDetails): number {
  const running = Number(b.State.Status === 'running') - Number(a.State.Status === 'running');
  return running === 0 ? Date.parse(b.Created) - Date.parse(a.Created) : running;
}

export function bestContainer(
  containers: readonly ContainerDetails[],
  service: string,
): ContainerDetails | null {
  return (
    containers.filter((container) => serviceOf(container.Config.Labels) === service).toSorted(bestFirst)[0] ??
    null
  );
}
