/**
 * The ledger summed up in memory, by the buckets of each range of the charts and by quarter hours for what they cost.
 * Rows are read once, newest first and a little at a time, as far back as somebody asks; each request after that adds
 * itself. So a chart of a million requests costs what one of a hundred does.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Db } from '../../../db/client.ts';
import {
  firstPage,
  foreignWrites,
  pageOfRequests,
  type PageCursor,
} from '../../../db/queries/request-pages.ts';
import { addCost, emptyCost, parseCost, type CostTally } from '../../cost/cost-tally.ts';
import { METRIC_RANGES, RANGES, type MetricRange } from '../../schemas/metrics.ts';
import { fromTallies, type LedgerSeries } from './from-ledger.ts';
import { addRow, emptyTally, endOf, type SeriesRow, type Tally } from './tally.ts';

const HOUR_MS = 3_600_000;
/** A request that took longer isn't looked for where it ended. */
const LONGEST_MS = HOUR_MS;
export const COST_STEP_MS = 900_000;
const COST_DAYS = 31;
const DAY_MS = 86_400_000;
const PAGE = 500;
/** So long an answer may be worked for at once before the rest is left to later. */
const AT_ONCE_MS = 15;

export interface TalliesParts {
  db: Db;
  /** Writes what waits; the rows that could not be written. */
  flush(): readonly SeriesRow[];
  now?(): number;
}

interface State {
  /** Rows that began at this time or later are in. */
  since: number;
  cursor: PageCursor;
  ranges: Map<MetricRange, Map<number, Tally>>;
  cost: Map<number, CostTally>;
}

export function createLedgerTallies({ db, flush, now = Date.now }: TalliesParts) {
  let state: State | undefined;
  let foreign = 0;
  let asked = 0;
  let filling: Promise<void> | undefined;

  const add = ({ ranges, cost }: State, row: SeriesRow, at: number): void => {
    const price = parseCost(row.cost);
    const end = endOf(row);
    for (const range of METRIC_RANGES) {
      const { seconds, step } = RANGES[range];
      if (end < at - (seconds + step) * 1000) continue;
      const buckets = ranges.get(range) ?? new Map<number, Tally>();
      ranges.set(range, buckets);
      addRow(entry(buckets, Math.floor(end / (step * 1000)), emptyTally), row, price);
    }
    addCost(entry(cost, Math.floor(end / COST_STEP_MS), emptyCost), end, row, price);
  };

  /** Begun anew where another process has written, or the clock was set back. */
  const current = (at: number): State => {
    const writes = foreignWrites(db);
    if (state !== undefined && writes === foreign && at > asked - HOUR_MS) {
      asked = at;
      return state;
    }
    const waiting = flush();
    [foreign, asked] = [foreignWrites(db), at];
    state = { since: Infinity, cursor: firstPage(db), ranges: new Map(), cost: new Map() };
    for (const row of waiting) add(state, row, at);
    return state;
  };

  /** One page more; false when all rows since then are in. */
  const step = (state: State, since: number, at: number): boolean => {
    if (state.since <= since) return false;
    const rows = pageOfRequests(db, state.cursor, since, PAGE);
    for (const row of rows) add(state, { ...row, cost: jsonOf(row.cost) }, at);
    const last = rows.at(-1);
    if (last !== undefined) state.cursor = { ...state.cursor, startedAt: last.startedAt, row: last.row };
    if (rows.length === PAGE) return true;
    state.since = since;
    return false;
  };

  /** Resolves when all rows since then are in. */
  const fill = async (since: number, at: number): Promise<State> => {
    for (;;) {
      const now = current(at);
      if (!step(now, since, at)) return now;
      await turn();
    }
  };

  return {
    /** A request that has ended, in the ledger or on its way there. */
    add(row: SeriesRow): void {
      if (state !== undefined) add(state, row, now());
    },
    /** `pending`: the rows are being read, and the answer is empty until they are. */
    series(range: MetricRange, at: number): LedgerSeries & { pending: boolean } {
      const { seconds, step: width } = RANGES[range];
      const since = at - (seconds + width) * 1000 - LONGEST_MS;
      const begun = performance.now();
      const now = current(at);
      if (filling === undefined)
        while (step(now, since, at)) if (performance.now() - begun > AT_ONCE_MS) break;
      const pending = now.since > since;
      if (pending)
        filling ??= fill(since, at).then(
          () => (filling = undefined),
          () => (filling = undefined),
        ) as Promise<void>;
      const buckets = now.ranges.get(range) ?? new Map<number, Tally>();
      dropBefore(buckets, Math.floor(since / (width * 1000)));
      return { ...fromTallies(range, at, (bucket) => (pending ? undefined : buckets.get(bucket))), pending };
    },
    /** The quarter hours from the one in which the time `days` days ago lies; `at`: when each begins. */
    async costs(
      days: number,
      at: number,
    ): Promise<{ from: number; tallies: { at: number; tally: CostTally }[] }> {
      const from = Math.floor((at - days * DAY_MS) / COST_STEP_MS) * COST_STEP_MS;
      const { cost } = await fill(from - LONGEST_MS, at);
      dropBefore(cost, Math.floor((at - (COST_DAYS + 1) * DAY_MS) / COST_STEP_MS));
      const tallies = [...cost]
        .map(([quarter, tally]) => ({ at: quarter * COST_STEP_MS, tally }))
        .filter((quarter) => quarter.at >= from && quarter.at <= at);
      return { from, tallies };
    },
  };
}

function entry<T>(entries: Map<number, T>, key: number, make: () => T): T {
  const known = entries.get(key) ?? make();
  entries.set(key, known);
  return known;
}

function dropBefore(entries: Map<number, unknown>, first: number): void {
  for (const key of entries.keys()) if (key < first) entries.delete(key);
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
