/**
 * Values of which percentiles are asked. Up to EXACT_MAX the values themselves; beyond that how many lie in each of
 * 2,500 logarithmic bins, so that a percentile is at most 0.5 % off (as in DDSketch, Masson et al., VLDB 2019).
 */
const EXACT_MAX = 1024;
const GAMMA = 1.01;
const LOG_GAMMA = Math.log(GAMMA);
/** Milliseconds; what is below counts as this. The last bin begins above a day. */
const SMALLEST = 0.001;
export const BINS = 2560;

export interface Spread {
  count: number;
  values: number[];
  bins: Uint32Array | null;
}

export const emptySpread = (): Spread => ({ count: 0, values: [], bins: null });

export function addValue(spread: Spread, value: number): void {
  spread.count += 1;
  if (spread.bins !== null) count(spread.bins, value);
  else if (spread.values.push(value) > EXACT_MAX) toBins(spread);
}

/** Adds `more` to `spread`. */
export function plusSpread(spread: Spread, more: Spread): void {
  if (more.bins === null) {
    for (const value of more.values) addValue(spread, value);
    return;
  }
  const bins = spread.bins ?? toBins(spread);
  for (let bin = 0; bin < BINS; bin += 1) bins[bin] = (bins[bin] ?? 0) + (more.bins[bin] ?? 0);
  spread.count += more.count;
}

/** Nearest rank: the smallest value with at least `q` of all values at or below it. Null for no values. */
export function percentilesOf(spread: Spread, qs: readonly number[]): (number | null)[] {
  if (spread.bins === null) {
    const ascending = Float64Array.from(spread.values).toSorted();
    return qs.map((q) => percentile(ascending, q));
  }
  return qs.map((q) => fromBins(spread, q));
}

export function percentile(ascending: ArrayLike<number>, q: number): number | null {
  if (ascending.length === 0) return null;
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? null;
}

function toBins(spread: Spread): Uint32Array {
  const bins = new Uint32Array(BINS);
  for (const value of spread.values) count(bins, value);
  spread.values = [];
  spread.bins = bins;
  return bins;
}

/** Bin n holds what is above SMALLEST × GAMMA^(n-1) and at most SMALLEST × GAMMA^n. */
function count(bins: Uint32Array, value: number): void {
  const bin = Math.ceil(Math.log(Math.max(SMALLEST, value) / SMALLEST) / LOG_GAMMA);
  const at = Math.min(BINS - 1, bin);
  bins[at] = (bins[at] ?? 0) + 1;
}

function fromBins({ bins, count }: Spread, q: number): number | null {
  const rank = Math.max(1, Math.ceil(q * count));
  let seen = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    seen += bins?.[bin] ?? 0;
    if (seen >= rank) return (SMALLEST * 2 * GAMMA ** bin) / (GAMMA + 1);
  }
  return null;
}
