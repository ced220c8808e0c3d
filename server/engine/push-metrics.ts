/** The instruments on their way into the lab's Prometheus. Part of the composition root. */
import type { Instruments } from '../instruments/instruments.ts';
import { samplesOf, startPusher } from '../instruments/remote-write.ts';
import type { Home } from '../lib/home.ts';
import { isLabError } from '../lib/errors.ts';
import {
  prometheusEndpoint,
  type PrometheusEndpoint,
} from '../resources/compose-stack/prometheus-endpoint.ts';
import type { LabService } from './lab-service.ts';

/** Items are looked at at least so often while they are pushed; viewers make it more often. */
const LOOK_EVERY_MS = 15_000;

export interface PushParts {
  home: Home;
  lab: LabService;
  instruments: Instruments;
}

export function pushMetrics({ home, lab, instruments }: PushParts): { close(): void } {
  let looking = false;
  const lookSometimes = () => {
    if (looking || Date.now() - instruments.itemsAt() < LOOK_EVERY_MS) return;
    looking = true;
    void lab
      .status(AbortSignal.timeout(LOOK_EVERY_MS))
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  };
  // What each service uses is measured for the next push, so that none waits for Docker's second of sampling.
  const measure = () =>
    void lab.usage().then(
      ({ items }) => instruments.services(items),
      () => instruments.services([]),
    );
  return startPusher({
    target: () => labPrometheus(home, lab),
    async samples() {
      lookSometimes();
      measure();
      return samplesOf(instruments.registry, { job: 'ailab-web', instance: home.project });
    },
  });
}

/** Null as well while the stack's secrets can't be read: `status` says why. */
export function labPrometheus(home: Home, lab: LabService): PrometheusEndpoint | null {
  const known = lab.known();
  if (known === undefined) return null;
  try {
    return prometheusEndpoint(home, known);
  } catch (error) {
    if (isLabError(error)) return null;
    throw error;
  }
}
