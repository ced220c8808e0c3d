/** The ledger: rows are collected for a moment and written together, so that a request never waits for the disk. */
import type { Db } from '../../db/client.ts';
import { insertRequests, recentRequests, requestsBetween } from '../../db/queries/requests.ts';
import { createLogger } from '../lib/log.ts';
import {
  ledgerRow,
  RANGE_SECONDS,
  type LedgerRow,
  type MetricRange,
  type MetricSeries,
} from '../schemas/metrics.ts';
import { buildSeries } from './series.ts';

const FLUSH_AFTER_MS = 50;
/** While the disk refuses, at most this many rows wait; older ones are dropped and counted in the log. */
const WAITING_MAX = 10_000;

/** Sums of one model and outcome since this server was started. */
export interface LedgerSums {
  model: string;
  outcome: LedgerRow['outcome'];
  requests: number;
  durationMs: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

export type Ledger = ReturnType<typeof createLedger>;

export function createLedger(db: Db, publish: (row: LedgerRow) => void) {
  const log = createLogger('ledger');
  let waiting: LedgerRow[] = [];
  let timer: NodeJS.Timeout | undefined;
  const sums = new Map<string, LedgerSums>();

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    try {
      insertRequests(db, waiting);
      waiting = [];
    } catch (error) {
      const dropped = Math.max(0, waiting.length - WAITING_MAX);
      waiting = waiting.slice(dropped);
      log.error(`${waiting.length} rows wait to be written, ${dropped} dropped`, error);
      timer = setTimeout(flush, 1000).unref();
    }
  };

  return {
    record(row: LedgerRow): void {
      waiting.push(row);
      addTo(sums, row);
      timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
      publish(row);
    },
    flush,
    sums: (): LedgerSums[] => [...sums.values()],
    recent(limit: number): LedgerRow[] {
      flush();
      return recentRequests(db, limit).map((row) => ledgerRow.parse(row));
    },
    series(range: MetricRange, now: number = Date.now()): MetricSeries {
      flush();
      const seconds = RANGE_SECONDS[range];
      return buildSeries(range, now, requestsBetween(db, now - seconds * 1000, now + 1));
    },
  };
}

function addTo(sums: Map<string, LedgerSums>, row: LedgerRow): void {
  const { model, outcome } = row;
  const key = `${outcome} ${model}`;
  const sum = sums.get(key) ?? {
    model,
    outcome,
    requests: 0,
    durationMs: 0,
    promptTokens: 0,
    cachedTokens: 0,
    completionTokens: 0,
  };
  sum.requests += 1;
  sum.durationMs += row.durationMs;
  sum.promptTokens += row.promptTokens ?? 0;
  sum.cachedTokens += row.cachedTokens ?? 0;
  sum.completionTokens += row.completionTokens ?? 0;
  sums.set(key, sum);
}
