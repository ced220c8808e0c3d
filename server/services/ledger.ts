/** The ledger: rows are collected for a moment and written together, so that a request never waits for the disk. */
import type { Db } from '../../db/client.ts';
import {
  findRequest,
  insertRequests,
  LOOKED_BACK,
  recentRequests,
  requestsByClient,
  type NewRequest,
} from '../../db/queries/requests.ts';
import { createLogger } from '../lib/log.ts';
import { ledgerRow, type GatewayClients, type LedgerRow, type MetricRange } from '../schemas/metrics.ts';
import { createLedgerTallies } from './charts/ledger-tallies.ts';

const FLUSH_AFTER_MS = 50;
/** While the disk refuses, at most this many rows wait; older ones are dropped and counted in the log. */
const WAITING_MAX = 10_000;
const CLIENTS_MAX = 50;

export type Ledger = ReturnType<typeof createLedger>;

/** `sumsFile`: where the charts' sums are kept from one start to the next. */
export function createLedger(db: Db, publish: (row: LedgerRow) => void, sumsFile?: string) {
  const log = createLogger('ledger');
  let waiting: NewRequest[] = [];
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

  const tallies = createLedgerTallies({
    db,
    file: sumsFile,
    flush() {
      flush();
      return waiting.map((row) => ({ ...row, promptMs: row.promptMs ?? null, cost: row.cost ?? null }));
    },
  });

  return {
    record(row: LedgerRow): void {
      waiting.push(row);
      tallies.add(row);
      timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
      publish(row);
    },
    flush,
    recent(limit: number): LedgerRow[] {
      flush();
      return recentRequests(db, limit).map((row) => ledgerRow.parse(row));
    },
    /** Undefined when there is no such row. */
    one(id: string): LedgerRow | undefined {
      flush();
      const row = findRequest(db, id);
      return row === undefined ? undefined : ledgerRow.parse(row);
    },
    clients(): GatewayClients {
      flush();
      return { clients: requestsByClient(db, CLIENTS_MAX), lookedBack: LOOKED_BACK };
    },
    /** Requests that ended in the range. */
    series: (range: MetricRange, now: number = Date.now()) => tallies.series(range, now),
    costs: tallies.costs,
    /** Writes what waits, and keeps the sums for the next start. */
    close(): void {
      flush();
      tallies.keep();
    },
  };
}
