/** Questions to the lab's Prometheus over its HTTP API (prometheus.io/docs/prometheus/latest/querying/api). */
import * as z from 'zod';
import { LabError } from '../../lib/errors.ts';
import { parseJson } from '../../lib/json.ts';
import type { ScrapeTarget } from '../../schemas/metrics.ts';

export interface PrometheusAccess {
  /** E.g. `http://127.0.0.1:19090`. */
  baseUrl: string;
  authorization: string;
}

/** One series on a grid of times: `values` by epoch milliseconds; what is absent wasn't there. */
export interface GridSeries {
  labels: Record<string, string>;
  values: Map<number, number>;
}

export interface Grid {
  /** Epoch milliseconds, both included. */
  from: number;
  to: number;
  stepMs: number;
}

const envelope = z.object({
  status: z.enum(['success', 'error']),
  error: z.string().optional(),
  data: z.unknown(),
});
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(
    z.object({
      metric: z.record(z.string(), z.string()),
      values: z.array(z.tuple([z.number(), z.string()])),
    }),
  ),
});
const targets = z.object({
  activeTargets: z.array(
    z.object({
      scrapePool: z.string(),
      scrapeUrl: z.string(),
      health: z.enum(['up', 'down', 'unknown']).catch('unknown'),
      lastError: z.string(),
      lastScrape: z.string(),
      lastScrapeDuration: z.number(),
    }),
  ),
});

/** An answer of a lab has kilobytes; a stranger on the port may send without end. */
const ANSWER_MAX = 32 * 1024 * 1024;

export async function queryRange(
  access: PrometheusAccess,
  query: string,
  { from, to, stepMs }: Grid,
  signal: AbortSignal,
): Promise<GridSeries[]> {
  const parameters = new URLSearchParams({
    query,
    start: String(from / 1000),
    end: String(to / 1000),
    step: String(stepMs / 1000),
  });
  const { result } = await ask(access, `/api/v1/query_range?${parameters.toString()}`, matrix, signal);
  return result.map(({ metric, values }) => ({
    labels: metric,
    values: new Map(
      values
        .map(([seconds, text]) => [Math.round(seconds * 1000), Number(text)] as const)
        .filter(([, value]) => Number.isFinite(value)),
    ),
  }));
}

export async function activeTargets(access: PrometheusAccess, signal: AbortSignal): Promise<ScrapeTarget[]> {
  const found = await ask(access, '/api/v1/targets?state=active', targets, signal);
  return found.activeTargets
    .map(({ scrapePool, scrapeUrl, health, lastError, lastScrape, lastScrapeDuration }) => {
      const at = Date.parse(lastScrape);
      const scraped = at > 0;
      return {
        job: scrapePool,
        url: scrapeUrl,
        health,
        lastError,
        lastScrape: scraped ? at : null,
        durationMs: scraped ? lastScrapeDuration * 1000 : null,
      };
    })
    .toSorted((a, b) => a.job.localeCompare(b.job));
}

/** Throws a LabError whatever is wrong: gone, slow, garbage, a refusal. */
async function ask<T>(
  access: PrometheusAccess,
  path: string,
  shape: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    const reply = await fetch(new URL(path, access.baseUrl), {
      headers: { authorization: access.authorization },
      redirect: 'error',
      signal,
    });
    const answer = envelope.safeParse(parseJson(await textOf(reply)));
    if (!answer.success) throw new Error(`it answered ${reply.status} with what is no answer of Prometheus`);
    if (answer.data.status === 'error') throw new Error(answer.data.error ?? `it answered ${reply.status}`);
    const data = shape.safeParse(answer.data.data);
    if (!data.success) throw new Error('its answer has another shape than Prometheus gives it');
    return data.data;
  } catch (error) {
    throw noAnswer(access, error);
  }
}

async function textOf(reply: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of reply.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > ANSWER_MAX) throw new Error('its answer has no end');
  }
  return text;
}

function noAnswer({ baseUrl }: PrometheusAccess, error: unknown): LabError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const slow = error instanceof Error && error.name === 'TimeoutError';
  const why = slow ? 'it did not answer in time' : cause instanceof Error ? cause.message : String(cause);
  return new LabError({
    code: 'prometheus_unavailable',
    message: `Prometheus at ${baseUrl} gives no data: ${why}.`,
    fix: 'Look at the service prometheus on the Overview, or at `ailab-web logs prometheus`; `ailab-web up` starts it again.',
    status: 503,
  });
}
