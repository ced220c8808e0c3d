/**
 * The instruments pushed into the lab's Prometheus, because a container can't reach a server on this machine's
 * loopback. What can't be sent now isn't kept: counters go on, and the next push says it all.
 */
import type { Registry } from 'prom-client';
import type { Sample } from './encode-samples.ts';

/** Every value of a registry as Prometheus would scrape it. */
export async function samplesOf(registry: Registry, common: Record<string, string>): Promise<Sample[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.flatMap(({ name, values }) =>
    values.map((entry) => ({
      labels: {
        ...common,
        ...Object.fromEntries(
          Object.entries(entry.labels).map(([label, value]) => [label, labelText(label, value)]),
        ),
        __name__: 'metricName' in entry && typeof entry.metricName === 'string' ? entry.metricName : name,
      },
      value: entry.value,
    })),
  );
}

/** Prometheus writes `le` as a float since 3.0; a series must not change its name with the way it came. */
function labelText(label: string, value: unknown): string {
  const text = String(value);
  return label === 'le' && /^\d+$/.test(text) ? `${text}.0` : text;
}

export interface PushTarget {
  /** E.g. `http://127.0.0.1:19090`. */
  baseUrl: string;
  authorization: string;
}

export interface PusherParts {
  /** The lab's Prometheus, or null where the lab has none. */
  target(): PushTarget | null;
  samples(): Promise<Sample[]>;
  everyMs?: number;
}

const EVERY_MS = 5000;
const WITHIN_MS = 4000;

/** Pushes until it is closed; a Prometheus that isn't there is no trouble of ours. */
export function startPusher({ target, samples, everyMs = EVERY_MS }: PusherParts): { close(): void } {
  const closing = new AbortController();
  let busy = false;
  const push = async () => {
    const to = target();
    if (to === null || busy) return;
    busy = true;
    try {
      const { encodeSamples } = await import('./encode-samples.ts');
      const reply = await fetch(new URL('/api/v1/write', to.baseUrl), {
        method: 'POST',
        headers: {
          authorization: to.authorization,
          'content-type': 'application/x-protobuf',
          'content-encoding': 'snappy',
          'x-prometheus-remote-write-version': '0.1.0',
        },
        body: new Uint8Array(encodeSamples(await samples(), Date.now())),
        redirect: 'error',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(WITHIN_MS)]),
      });
      await reply.body?.cancel();
    } catch {
      // It is stopped, starting or slow: the charts say since when there is no data.
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void push(), everyMs).unref();
  return {
    close() {
      clearInterval(timer);
      closing.abort();
    },
  };
}
