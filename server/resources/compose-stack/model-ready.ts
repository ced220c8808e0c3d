/**
 * Docker looks at a starting container only every few seconds. While it does, we ask the model server itself, so that
 * `up` doesn't wait for the next look. Docker's own verdict counts as soon as there is one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StackEndpoint } from './endpoint.ts';
import type { ContainerDetails } from './engine-types.ts';

export interface ReadyProbe {
  /** Begins to ask when this container is starting; ends when it isn't. */
  follow(endpoint: StackEndpoint | null, container: ContainerDetails | null): void;
  /** `healthy` in place of `starting`, once the server has said so. */
  overrule(endpoint: StackEndpoint | null): StackEndpoint | null;
  /** The start that was found ready, or null. */
  id(): string | null;
}

const EVERY_MS = 200;
const ANSWER_MS = 2000;

export function createReadyProbe(signal: AbortSignal, onReady: () => void): ReadyProbe {
  let asked: string | null = null;
  let ready: string | null = null;
  let current: string | null = null;

  const ask = async (start: string, url: URL) => {
    for (;;) {
      if (signal.aborted || current !== start) return;
      const ok = await fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      }).then(
        async (reply) => {
          await reply.body?.cancel();
          return reply.ok;
        },
        () => false,
      );
      if (ok && current === start) {
        ready = start;
        onReady();
        return;
      }
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };

  return {
    follow(endpoint, container) {
      current =
        endpoint === null || container === null ? null : `${container.Id} ${container.State.StartedAt}`;
      if (current !== ready) ready = null;
      if (current === null || endpoint?.health !== 'starting' || asked === current) return;
      asked = current;
      void ask(current, new URL('/health', endpoint.baseUrl));
    },
    overrule: (endpoint) =>
      endpoint?.health === 'starting' && ready !== null && ready === current
        ? { ...endpoint, health: 'healthy' }
        : endpoint,
    id: () => ready,
  };
}
