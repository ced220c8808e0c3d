/**
 * The ledger summed up in memory. Rows are read once, newest first and a little at a time, as far back as somebody
 * asks; each request after that adds itself. So a chart of a million requests costs what one of a hundred does. The
 * sums of a large ledger are kept for the next start.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Db } from '../../../db/client.ts';
import {
  firstPage,
  foreignWrites,
  hasRow,
  lastRow,
  pageOfRequests,
  requestsWrittenAfter,
  type ChartRow,
  type PageCursor,
} from '../../../db/queries/request-pages.ts';
import type { CostTally } from '../../cost/cost-tally.ts';
import { createLogger } from '../../lib/log.ts';
import { RANGES, type MetricRange } from '../../schemas/metrics.ts';
import { fromTallies, type LedgerSeries } from './from-ledger.ts';
import { readKeptSums, writeKeptSums } from './kept-sums.ts';
import { addToSums, COST_STEP_MS, emptySums, type LedgerSums } from './ledger-sums.ts';
import type { SeriesRow } from './tally.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A request that took longer isn't looked for where it ended. */
const LONGEST_MS = HOUR_MS;
const PAGE = 500;
/** So long an answer may be worked for at once before the rest is left to later. */
const AT_ONCE_MS = 15;
/** Fewer are read in a moment. */
const KEPT_FROM = 20_000;

export interface TalliesParts {
  db: Db;
  /** Writes what waits; the rows that could not be written. */
  flush(): readonly SeriesRow[];
  /** Where the sums are kept; nowhere without it. */
  file?: string | undefined;
  now?(): number;
}

interface State {
  sums: LedgerSums;
  /** Rows that began at this time or later are in, but for those of `late`. */
  since: number;
  cursor: PageCursor;
  /** What was written between the sums that were kept and this start; null when it is in. */
  late: { after: number; newest: number } | null;
  /** Requests that are in the file. */
  kept: number;
}

export function createLedgerTallies({ db, flush, file, now = Date.now }: TalliesParts) {
  let state: State | undefined;
  let foreign = 0;
  let asked = 0;
  let filling: Promise<void> | undefined;

  /** From what was kept, where that is of this ledger and not of the future. */
  const begin = (at: number): State => {
    const last = lastRow(db);
    const kept = file === undefined ? undefined : readKeptSums(file);
    if (kept === undefined || kept.at > at + HOUR_MS || !hasRow(db, kept.last))
      return { sums: emptySums(), since: Infinity, cursor: firstPage(last), late: null, kept: 0 };
    const late = last.row > kept.last.row ? { after: kept.last.row, newest: last.row } : null;
    return { sums: kept.sums, since: kept.since, cursor: kept.cursor, late, kept: kept.sums.requests };
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
    state = begin(at);
    for (const row of waiting) addToSums(state.sums, row, at);
    return state;
  };

  const isIn = (state: State, since: number): boolean => state.late === null && state.since <= since;

  const addPage = (state: State, rows: readonly ChartRow[], at: number): void => {
    for (const row of rows) addToSums(state.sums, { ...row, cost: jsonOf(row.cost) }, at);
  };

  /** One page more; false when all rows since then are in. */
  const step = (state: State, since: number, at: number): boolean => {
    if (state.late !== null) {
      const { after, newest } = state.late;
      const rows = requestsWrittenAfter(db, after, newest, PAGE);
      addPage(state, rows, at);
      state.late = rows.length === PAGE ? { after: rows.at(-1)?.row ?? newest, newest } : null;
    } else if (state.since > since) {
      const rows = pageOfRequests(db, state.cursor, since, PAGE);
      addPage(state, rows, at);
      const last = rows.at(-1);
      if (last !== undefined) state.cursor = { ...state.cursor, startedAt: last.startedAt, row: last.row };
      if (rows.length < PAGE) state.since = since;
    }
    return !isIn(state, since);
  };

  /** Resolves when all rows since then are in. */
  const fill = async (since: number, at: number): Promise<State> => {
    for (;;) {
      const now = current(at);
      if (!step(now, since, at)) {
        if (now.sums.requests - now.kept >= KEPT_FROM) keep();
        return now;
      }
      await turn();
    }
  };

  const keep = (): void => {
    if (file === undefined || state === undefined || state.sums.requests < KEPT_FROM) return;
    if (state.late !== null || state.since === Infinity || state.sums.requests === state.kept) return;
    // A row that waits is in the sums, and would be read again; one of another process is not in them.
    const waits = flush().length > 0;
    const last = lastRow(db);
    if (waits || foreignWrites(db) !== foreign) return;
    const { sums, since, cursor } = state;
    // A disk that refuses is asked again after as many requests more.
    state.kept = sums.requests;
    try {
      writeKeptSums(file, { at: now(), since, cursor, last, sums });
    } catch (error) {
      createLogger('ledger').error('the sums of the charts could not be kept', error);
    }
  };

  return {
    /** A request that has ended, in the ledger or on its way there. */
    add(row: SeriesRow): void {
      if (state !== undefined) addToSums(state.sums, row, now());
    },
    /** `pending`: the rows are being read, and the answer is empty until they are. */
    series(range: MetricRange, at: number): LedgerSeries & { pending: boolean } {
      const { seconds, step: width } = RANGES[range];
      const since = at - (seconds + width) * 1000 - LONGEST_MS;
      const begun = performance.now();
      const now = current(at);
      if (filling === undefined)
        while (step(now, since, at)) if (performance.now() - begun > AT_ONCE_MS) break;
      const pending = !isIn(now, since);
      if (pending)
        filling ??= fill(since, at).then(
          () => (filling = undefined),
          () => (filling = undefined),
        ) as Promise<void>;
      const buckets = now.sums.ranges.get(range);
      return { ...fromTallies(range, at, (bucket) => (pending ? undefined : buckets?.get(bucket))), pending };
    },
    /** The quarter hours from the one in which the time `days` days ago lies; `at`: when each begins. */
    async costs(
      days: number,
      at: number,
    ): Promise<{ from: number; tallies: { at: number; tally: CostTally }[] }> {
      const from = Math.floor((at - days * DAY_MS) / COST_STEP_MS) * COST_STEP_MS;
      const { sums } = await fill(from - LONGEST_MS, at);
      const tallies = [...sums.cost]
        .map(([quarter, tally]) => ({ at: quarter * COST_STEP_MS, tally }))
        .filter((quarter) => quarter.at >= from && quarter.at <= at)
        .toSorted((a, b) => a.at - b.at);
      return { from, tallies };
    },
    /** For the next start. */
    keep,
  };
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
