/** Ledger rows as chart points. Percentiles by nearest rank over the replies of the bucket; no interpolation. */
import { gridOf, type MetricFigures, type MetricPoint, type MetricRange } from '../../schemas/metrics.ts';
import {
  addRow,
  emptyTally,
  endOf,
  figuresOf,
  NO_CURRENCY,
  plusTally,
  type Currencies,
  type SeriesRow,
  type Tally,
} from './tally.ts';

export interface LedgerSeries extends Currencies {
  points: MetricPoint[];
  totals: MetricFigures;
}

/** All of it from these rows. */
export function fromLedger(range: MetricRange, now: number, rows: readonly SeriesRow[]): LedgerSeries {
  const { stepMs } = gridOf(range, now);
  const byBucket = Map.groupBy(rows, (row) => Math.floor(endOf(row) / stepMs));
  return fromTallies(range, now, (bucket) => {
    const some = byBucket.get(bucket);
    return some && tallyOf(some);
  });
}

/** `at`: the tally of the bucket that begins `bucket` × step after the epoch; undefined where there was nothing. */
export function fromTallies(
  range: MetricRange,
  now: number,
  at: (bucket: number) => Tally | undefined,
): LedgerSeries {
  const { from, to, stepMs } = gridOf(range, now);
  const tallies = Array.from({ length: (to - from) / stepMs }, (_none, index) => at(from / stepMs + index));
  const total = emptyTally();
  for (const tally of tallies) if (tally !== undefined) plusTally(total, tally);
  const { currency, apiCurrency } = total.cost;
  const currencies = { currency, apiCurrency };
  const points = tallies.map((tally, index): MetricPoint => ({
    t: from + index * stepMs,
    ...(tally === undefined ? NOTHING : figuresOf(tally, currencies)),
    running: null,
    waiting: null,
  }));
  return { points, totals: figuresOf(total, currencies), ...currencies };
}

export function summarize(rows: readonly SeriesRow[], currencies: Currencies = NO_CURRENCY): MetricFigures {
  return figuresOf(tallyOf(rows), currencies);
}

const NOTHING = figuresOf(emptyTally(), NO_CURRENCY);

function tallyOf(rows: readonly SeriesRow[]): Tally {
  const tally = emptyTally();
  for (const row of rows) addRow(tally, row);
  return tally;
}
