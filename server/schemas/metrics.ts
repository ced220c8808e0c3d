/** Charts from the ledger. Times are epoch milliseconds; durations are milliseconds. */
import * as z from 'zod';
import { range, requestCost } from './cost.ts';
import { errorReport } from './lab.ts';

export const METRIC_RANGES = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
export type MetricRange = (typeof METRIC_RANGES)[number];

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Length of a range and width of its buckets, in seconds: at most 300 points a series. */
export const RANGES: Record<MetricRange, { seconds: number; step: number }> = {
  '15m': { seconds: 15 * MINUTE, step: 15 },
  '1h': { seconds: HOUR, step: MINUTE },
  '6h': { seconds: 6 * HOUR, step: 5 * MINUTE },
  '24h': { seconds: DAY, step: 15 * MINUTE },
  '7d': { seconds: 7 * DAY, step: HOUR },
  '30d': { seconds: 30 * DAY, step: 3 * HOUR },
};

/** Buckets stand on round times, so that a chart doesn't shift with every refresh. Epoch milliseconds, `to` not included. */
export function gridOf(range: MetricRange, now: number): { from: number; to: number; stepMs: number } {
  const { seconds, step } = RANGES[range];
  const stepMs = step * 1000;
  const to = Math.ceil(now / stepMs) * stepMs;
  return { from: to - seconds * 1000, to, stepMs };
}

export const METRIC_SOURCES = ['prometheus', 'ledger'] as const;

export const seriesInput = z.strictObject({
  range: z.enum(METRIC_RANGES),
  /** Without it, Prometheus where the lab has one. */
  source: z.enum(METRIC_SOURCES).optional(),
});
export type SeriesInput = z.infer<typeof seriesInput>;

const measured = z.number().nullable();

/** What happened in one stretch of time. Null: no such measurement, a gap and not a zero. */
const figures = z.object({
  requests: measured,
  errors: measured,
  latencyP50: measured,
  latencyP95: measured,
  latencyP99: measured,
  ttftP50: measured,
  ttftP95: measured,
  ttftP99: measured,
  /** Generated tokens over generation seconds, of the replies that were timed. */
  tokensPerSecond: measured,
  /** Prompt tokens read (cached ones are not) over the seconds of reading them. */
  prefillTokensPerSecond: measured,
  promptTokens: measured,
  cachedTokens: measured,
  completionTokens: measured,
  /** What the requests cost; electricity and hardware in `currency` of the series, an API's price in `apiCurrency`. */
  electricity: range.nullable(),
  hardware: range.nullable(),
  api: measured,
});
export type MetricFigures = z.infer<typeof figures>;

/** One bucket, which begins at `t`. */
export const metricPoint = figures.extend({
  t: z.number(),
  /** Requests at the runtime, and waiting in it, at the end of the bucket. */
  running: measured,
  waiting: measured,
});
export type MetricPoint = z.infer<typeof metricPoint>;

/** What a service used, at the end of each bucket. */
const serviceSeries = z.object({
  name: z.string(),
  cores: z.array(measured),
  memoryBytes: z.array(measured),
});

export const metricSeries = z.object({
  source: z.enum(METRIC_SOURCES),
  range: z.enum(METRIC_RANGES),
  from: z.number(),
  to: z.number(),
  stepSeconds: z.number(),
  points: z.array(metricPoint),
  totals: figures,
  services: z.array(serviceSeries),
  /** Null where nothing was priced. Costs in other currencies are left out: nothing is converted. */
  currency: z.string().nullable(),
  apiCurrency: z.string().nullable(),
  /** Prometheus gives no answer: why, and since when there is no data; the points are of its last answer. */
  trouble: errorReport.extend({ since: z.number().nullable() }).nullable(),
  /** The answer isn't there yet; ask again in a moment. */
  pending: z.boolean(),
  /** Both can be asked where the lab has a Prometheus. */
  sources: z.array(z.enum(METRIC_SOURCES)),
});
export type MetricSeries = z.infer<typeof metricSeries>;

/** One target that Prometheus scrapes. */
export const scrapeTarget = z.object({
  job: z.string(),
  url: z.string(),
  health: z.enum(['up', 'down', 'unknown']),
  lastError: z.string(),
  /** Epoch milliseconds; null before the first. */
  lastScrape: z.number().nullable(),
  durationMs: z.number().nullable(),
});
export type ScrapeTarget = z.infer<typeof scrapeTarget>;

export const OUTCOMES = ['ok', 'error', 'cancelled', 'partial'] as const;

/** One metered request, as the ledger keeps it. */
export const ledgerRow = z.object({
  id: z.string(),
  startedAt: z.number(),
  route: z.string(),
  model: z.string(),
  caller: z.string(),
  streamed: z.boolean(),
  status: z.number(),
  outcome: z.enum(OUTCOMES),
  errorCode: z.string().nullable(),
  ttftMs: z.number().nullable(),
  durationMs: z.number(),
  promptTokens: z.number().nullable(),
  cachedTokens: z.number().nullable(),
  completionTokens: z.number().nullable(),
  /** Milliseconds the runtime spent generating. */
  generationMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  /** Milliseconds the runtime spent reading the prompt. */
  promptMs: z.number().nullable(),
  /** Milliseconds in which the runtime did neither: behind other requests, and on the way. */
  queueMs: z.number().nullable(),
  /** SHA-256 of the lock that was in force; null when there was none. */
  lockSha256: z.string().nullable(),
  /** By the inputs of its time; null where nothing was known. */
  cost: requestCost.nullable().catch(null),
  /** Of the program that asked, harmless and cut to 200 characters; null where it told none. */
  userAgent: z.string().nullish(),
});
export type LedgerRow = z.infer<typeof ledgerRow>;

export const requestInput = z.strictObject({ id: z.string().max(100) });

export const recentInput = z.strictObject({ limit: z.number().int().min(1).max(200).default(20) });

/** Programs that have called the gateway, by caller and user agent, the latest first. */
export const gatewayClients = z.object({
  clients: z.array(
    z.object({
      caller: z.string(),
      userAgent: z.string().nullable(),
      lastAt: z.number(),
      requests: z.number(),
      /** Refused, failed or broken off. */
      errors: z.number(),
    }),
  ),
  /** At most so many of the newest requests were looked at. */
  lookedBack: z.number(),
});
export type GatewayClients = z.infer<typeof gatewayClients>;
