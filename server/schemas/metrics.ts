/** Charts from the ledger. Times are epoch milliseconds; durations are milliseconds. */
import { z } from 'zod';

export const METRIC_RANGES = ['15m', '1h', '6h', '24h'] as const;
export type MetricRange = (typeof METRIC_RANGES)[number];
export const RANGE_SECONDS: Record<MetricRange, number> = {
  '15m': 900,
  '1h': 3600,
  '6h': 21_600,
  '24h': 86_400,
};

export const seriesInput = z.strictObject({ range: z.enum(METRIC_RANGES) });

/** One bucket. A value is null where the bucket holds no such measurement: a gap, not a zero. */
export const metricPoint = z.object({
  t: z.number(),
  requests: z.number(),
  errors: z.number(),
  latencyP50: z.number().nullable(),
  latencyP95: z.number().nullable(),
  ttftP50: z.number().nullable(),
  ttftP95: z.number().nullable(),
  /** Generated tokens over generation seconds, of the replies in the bucket. */
  tokensPerSecond: z.number().nullable(),
  promptTokens: z.number(),
  cachedTokens: z.number(),
  completionTokens: z.number(),
});
export type MetricPoint = z.infer<typeof metricPoint>;

export const metricSeries = z.object({
  source: z.literal('ledger'),
  range: z.enum(METRIC_RANGES),
  from: z.number(),
  to: z.number(),
  stepSeconds: z.number(),
  points: z.array(metricPoint),
  totals: metricPoint.omit({ t: true }),
});
export type MetricSeries = z.infer<typeof metricSeries>;

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
});
export type LedgerRow = z.infer<typeof ledgerRow>;

export const recentInput = z.strictObject({ limit: z.number().int().min(1).max(200).default(20) });
