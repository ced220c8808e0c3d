/** Ledger rows as chart points. Percentiles by nearest rank over the replies of the bucket; no interpolation. */
import { costsOf, currenciesOf, NO_CURRENCY, type Currencies } from './cost-sums.ts';
import { gridOf, type MetricFigures, type MetricPoint, type MetricRange } from '../../schemas/metrics.ts';

export interface SeriesRow {
  startedAt: number;
  outcome: string;
  ttftMs: number | null;
  durationMs: number;
  promptTokens: number | null;
  cachedTokens: number | null;
  completionTokens: number | null;
  promptMs: number | null;
  generationMs: number | null;
  /** As the database holds it. */
  cost: unknown;
}

export interface LedgerSeries {
  points: MetricPoint[];
  totals: MetricFigures;
  currency: string | null;
  apiCurrency: string | null;
}

/** A request counts where it ended, as a counter's would. */
export function fromLedger(range: MetricRange, now: number, rows: readonly SeriesRow[]): LedgerSeries {
  const { from, to, stepMs } = gridOf(range, now);
  const buckets: SeriesRow[][] = Array.from({ length: (to - from) / stepMs }, () => []);
  const inRange = rows.filter((row) => endOf(row) >= from && endOf(row) < to);
  for (const row of inRange) buckets[Math.floor((endOf(row) - from) / stepMs)]?.push(row);
  const currencies = currenciesOf(inRange);
  const points = buckets.map((bucket, index): MetricPoint => ({
    t: from + index * stepMs,
    ...summarize(bucket, currencies),
    running: null,
    waiting: null,
  }));
  return { points, totals: summarize(inRange, currencies), ...currencies };
}

const endOf = (row: SeriesRow): number => row.startedAt + row.durationMs;

/** Latency and speed are of the replies that succeeded; a refused request would only make them look fast. */
export function summarize(rows: readonly SeriesRow[], currencies: Currencies = NO_CURRENCY): MetricFigures {
  const answered = rows.filter((row) => row.outcome === 'ok');
  const latencies = sorted(answered.map((row) => row.durationMs));
  const firsts = sorted(answered.flatMap((row) => (row.ttftMs === null ? [] : [row.ttftMs])));
  const timed = rows.filter(
    (row) => row.generationMs !== null && row.generationMs > 0 && row.completionTokens !== null,
  );
  const read = rows.filter((row) => row.promptMs !== null && row.promptTokens !== null);
  const readSeconds = sum(read.map((row) => row.promptMs)) / 1000;
  const readTokens = sum(read.map((row) => Math.max(0, (row.promptTokens ?? 0) - (row.cachedTokens ?? 0))));
  const generationSeconds = sum(timed.map((row) => row.generationMs)) / 1000;
  return {
    requests: rows.length,
    errors: rows.filter((row) => row.outcome === 'error' || row.outcome === 'partial').length,
    latencyP50: percentile(latencies, 0.5),
    latencyP95: percentile(latencies, 0.95),
    latencyP99: percentile(latencies, 0.99),
    ttftP50: percentile(firsts, 0.5),
    ttftP95: percentile(firsts, 0.95),
    ttftP99: percentile(firsts, 0.99),
    tokensPerSecond:
      generationSeconds === 0 ? null : sum(timed.map((row) => row.completionTokens)) / generationSeconds,
    prefillTokensPerSecond: readSeconds === 0 ? null : readTokens / readSeconds,
    promptTokens: sum(rows.map((row) => row.promptTokens)),
    cachedTokens: sum(rows.map((row) => row.cachedTokens)),
    completionTokens: sum(rows.map((row) => row.completionTokens)),
    ...costsOf(rows, currencies),
  };
}

/** Nearest rank: the smallest value with at least `q` of all values at or below it. Null for no values. */
export function percentile(ascending: readonly number[], q: number): number | null {
  if (ascending.length === 0) return null;
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? null;
}

const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
