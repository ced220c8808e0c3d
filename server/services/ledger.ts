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

export type Ledger = ReturnType<typeof createLedger>;

export function createLedger(db: Db, publish: (row: LedgerRow) => void) {
  const log = createLogger('ledger');
  let waiting: LedgerRow[] = [];
  let timer: NodeJS.Timeout | undefined;

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
      timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
      publish(row);
    },
    flush,
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
