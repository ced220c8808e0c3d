/**
 * The series of the Metrics page, from Prometheus where the lab has one, else from the ledger. All viewers share an
 * answer; a Prometheus that is slow or gone holds up nobody: what is known is given at once, and what was known last
 * stays, with the time since when there is nothing.
 */
import { reportError } from '../../lib/errors.ts';
import {
  gridOf,
  RANGES,
  type MetricRange,
  type MetricSeries,
  type ScrapeTarget,
  type SeriesInput,
} from '../../schemas/metrics.ts';
import type { LedgerSeries } from './from-ledger.ts';
import { fromPrometheus, ourQuery, RUNTIME_QUERY } from './from-prometheus.ts';
import { activeTargets, queryRange, type PrometheusAccess } from './prometheus-client.ts';

export interface ChartsParts {
  /** The project, which is our series' `instance`. */
  instance: string;
  /** Null where the lab has no Prometheus. */
  prometheus(): PrometheusAccess | null;
  /** Without `pending`, it is all there. */
  ledger(range: MetricRange, now: number): LedgerSeries & { pending?: boolean };
  now?(): number;
}

const ANSWER_WITHIN_MS = 5000;
/** So long is a fresh answer waited for before what is there is given. */
const PATIENCE_MS = 80;
/** Viewers who ask within this time, or within a third of a bucket, get the same answer. */
const FRESH_MS = 4000;

interface Kept {
  /** Epoch milliseconds of the last good answer. */
  at: number;
  triedAt: number;
  answer: Omit<MetricSeries, 'trouble' | 'pending' | 'sources'> | null;
  trouble: MetricSeries['trouble'];
  running: Promise<void> | null;
}

export function createCharts({ instance, prometheus, ledger, now = Date.now }: ChartsParts) {
  const kept = new Map<string, Kept>();

  const refresh = async (access: PrometheusAccess, range: MetricRange, entry: Kept): Promise<void> => {
    entry.triedAt = now();
    const grid = gridOf(range, now());
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    try {
      const [ours, runtime] = await Promise.all([
        queryRange(access, ourQuery(instance), grid, signal),
        queryRange(access, RUNTIME_QUERY, grid, signal),
      ]);
      const { from, to, stepMs } = grid;
      entry.answer = {
        source: 'prometheus',
        range,
        from,
        to,
        stepSeconds: stepMs / 1000,
        ...fromPrometheus(grid, ours, runtime),
      };
      entry.at = now();
      entry.trouble = null;
    } catch (error) {
      entry.trouble = { ...reportError(error), since: entry.answer === null ? null : entry.at };
    }
  };

  const ask = async (access: PrometheusAccess, range: MetricRange): Promise<Kept> => {
    const key = `${access.baseUrl} ${range}`;
    const entry = kept.get(key) ?? { at: 0, triedAt: 0, answer: null, trouble: null, running: null };
    kept.set(key, entry);
    const freshMs = Math.max(FRESH_MS, (RANGES[range].step * 1000) / 3);
    // An answer lasts for a while; a failure is tried again sooner.
    if (now() - entry.triedAt >= (entry.trouble === null ? freshMs : FRESH_MS)) {
      entry.running ??= refresh(access, range, entry).finally(() => {
        entry.running = null;
      });
    }
    if (entry.running !== null) await Promise.race([entry.running, wait(PATIENCE_MS)]);
    return entry;
  };

  const fromKept = ({ answer, trouble, running }: Kept, range: MetricRange): MetricSeries => {
    const sources: MetricSeries['sources'] = ['prometheus', 'ledger'];
    const pending = running !== null && answer === null;
    if (answer !== null) return { ...answer, trouble, pending, sources };
    const empty = fromPrometheus(gridOf(range, now()), [], []);
    return { ...frame('prometheus', range), ...empty, trouble, pending, sources };
  };

  const frame = (source: MetricSeries['source'], range: MetricRange) => {
    const { from, to, stepMs } = gridOf(range, now());
    return { source, range, from, to, stepSeconds: stepMs / 1000 };
  };

  return {
    async series({ range, source }: SeriesInput): Promise<MetricSeries> {
      const access = prometheus();
      if (access !== null && source !== 'ledger') return fromKept(await ask(access, range), range);
      return {
        ...frame('ledger', range),
        pending: false,
        ...ledger(range, now()),
        services: [],
        trouble: null,
        sources: access === null ? ['ledger'] : ['prometheus', 'ledger'],
      };
    },
    /** Null where the lab has no Prometheus. */
    async targets(): Promise<ScrapeTarget[] | null> {
      const access = prometheus();
      return access === null ? null : activeTargets(access, AbortSignal.timeout(ANSWER_WITHIN_MS));
    },
  };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
