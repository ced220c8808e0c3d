/** Ledger rows as chart points. Percentiles by nearest rank over the replies of the bucket; no interpolation. */
import { RANGE_SECONDS, type MetricPoint, type MetricRange, type MetricSeries } from '../schemas/metrics.ts';

/** Width of a bucket in seconds: 60 to 96 points a chart. */
const STEP_SECONDS: Record<MetricRange, number> = { '15m': 15, '1h': 60, '6h': 300, '24h': 900 };

export interface SeriesRow {
  startedAt: number;
  outcome: string;
  ttftMs: number | null;
  durationMs: number;
  promptTokens: number | null;
  cachedTokens: number | null;
  completionTokens: number | null;
  generationMs: number | null;
}

export function buildSeries(range: MetricRange, now: number, rows: readonly SeriesRow[]): MetricSeries {
  const step = STEP_SECONDS[range] * 1000;
  // Buckets stand on round times, so that a chart doesn't shift with every refresh.
  const to = Math.ceil(now / step) * step;
  const from = to - RANGE_SECONDS[range] * 1000;
  const buckets: SeriesRow[][] = Array.from({ length: (to - from) / step }, () => []);
  const inRange = rows.filter((row) => row.startedAt >= from && row.startedAt < to);
  for (const row of inRange) buckets[Math.floor((row.startedAt - from) / step)]?.push(row);
  const points = buckets.map((bucket, index): MetricPoint => ({
    t: from + index * step,
    ...summarize(bucket),
  }));
  return { source: 'ledger', range, from, to, stepSeconds: step / 1000, points, totals: summarize(inRange) };
}

/** Latency and speed are of the replies that succeeded; a refused request would only make them look fast. */
export function summarize(rows: readonly SeriesRow[]): Omit<MetricPoint, 't'> {
  const answered = rows.filter((row) => row.outcome === 'ok');
  const latencies = sorted(answered.map((row) => row.durationMs));
  const firsts = sorted(answered.flatMap((row) => (row.ttftMs === null ? [] : [row.ttftMs])));
  const timed = answered.filter(
    (row) => row.generationMs !== null && row.generationMs > 0 && row.completionTokens !== null,
  );
  const generationSeconds = sum(timed.map((row) => row.generationMs)) / 1000;
  return {
    requests: rows.length,
    errors: rows.filter((row) => row.outcome === 'error' || row.outcome === 'partial').length,
    latencyP50: percentile(latencies, 0.5),
    latencyP95: percentile(latencies, 0.95),
    ttftP50: percentile(firsts, 0.5),
    ttftP95: percentile(firsts, 0.95),
    tokensPerSecond:
      generationSeconds === 0 ? null : sum(timed.map((row) => row.completionTokens)) / generationSeconds,
    promptTokens: sum(rows.map((row) => row.promptTokens)),
    cachedTokens: sum(rows.map((row) => row.cachedTokens)),
    completionTokens: sum(rows.map((row) => row.completionTokens)),
  };
}

/** Nearest rank: the smallest value with at least `q` of all values at or below it. Null for no values. */
export function percentile(ascending: readonly number[], q: number): number | null {
  if (ascending.length === 0) return null;
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? null;
}

const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
