/** The ledger summed up: by the buckets of each range of the charts, and by quarter hours for what it cost. */
import { addCost, emptyCost, parseCost, type CostTally } from '../../cost/cost-tally.ts';
import { METRIC_RANGES, RANGES, type MetricRange } from '../../schemas/metrics.ts';
import { addRow, emptyTally, endOf, type SeriesRow, type Tally } from './tally.ts';

export const COST_STEP_MS = 900_000;
export const COST_DAYS = 31;
const DAY_MS = 86_400_000;

export interface LedgerSums {
  /** Requests that were added. */
  requests: number;
  /** By the number of the bucket since 1970. */
  ranges: Map<MetricRange, Map<number, Tally>>;
  cost: Map<number, CostTally>;
}

export const emptySums = (): LedgerSums => ({
  requests: 0,
  ranges: new Map(METRIC_RANGES.map((range) => [range, new Map()])),
  cost: new Map(),
});

/** `at`: now. Buckets that are too old for every chart of it go. */
export function addToSums(sums: LedgerSums, row: SeriesRow, at: number): void {
  const price = parseCost(row.cost);
  const end = endOf(row);
  sums.requests += 1;
  for (const [range, buckets] of sums.ranges) {
    const { seconds, step } = RANGES[range];
    const oldest = at - (seconds + step) * 1000;
    if (end >= oldest) addRow(entry(buckets, end, oldest, step * 1000, emptyTally), row, price);
  }
  const oldest = at - (COST_DAYS + 1) * DAY_MS;
  addCost(entry(sums.cost, end, oldest, COST_STEP_MS, emptyCost), end, row, price);
}

function entry<T>(entries: Map<number, T>, end: number, oldest: number, stepMs: number, make: () => T): T {
  const key = Math.floor(end / stepMs);
  const known = entries.get(key);
  if (known !== undefined) return known;
  for (const old of entries.keys()) if (old < Math.floor(oldest / stepMs)) entries.delete(old);
  const made = make();
  entries.set(key, made);
  return made;
}
