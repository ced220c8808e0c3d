import { expect, it } from 'vitest';
import { addValue, emptySpread, percentilesOf, plusSpread } from './spread.ts';

const QS = [0.01, 0.5, 0.95, 0.99, 1];
/** Milliseconds over five orders of magnitude, repeatable. */
const values = Array.from({ length: 5000 }, (_none, at) => 0.5 * 1.0025 ** ((at * 7919) % 5000));
const exact = QS.map((q) => values.toSorted((a, b) => a - b)[Math.ceil(q * values.length) - 1] ?? 0);

it('many values keep their percentiles to half a percent, in whatever parts they come', () => {
  const [whole, parts] = [emptySpread(), emptySpread()];
  for (const value of values) addValue(whole, value);
  for (const [from, to] of [
    [0, 10],
    [10, 4000],
    [4000, 5000],
  ] as const) {
    const part = emptySpread();
    for (const value of values.slice(from, to)) addValue(part, value);
    plusSpread(parts, part);
  }
  for (const [at, told] of percentilesOf(whole, QS).entries())
    expect(Math.abs((told ?? 0) / (exact[at] ?? 1) - 1)).toBeLessThan(0.005);
  expect(percentilesOf(parts, QS)).toEqual(percentilesOf(whole, QS));
});

it('few values keep them to the last digit', () => {
  const spread = emptySpread();
  for (const value of values.slice(0, 1000)) addValue(spread, value);
  const ascending = values.slice(0, 1000).toSorted((a, b) => a - b);
  expect(percentilesOf(spread, [0.5, 1])).toEqual([ascending[499], ascending[999]]);
});
