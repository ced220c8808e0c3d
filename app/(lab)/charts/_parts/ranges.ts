/** The ranges of the charts: their words, and how often each is asked for anew. */
import type { MetricSeries } from '../../../_lib/wire.ts';

export type Range = MetricSeries['range'];

export const RANGES: readonly { value: Range; label: string; words: string; everyMs: number }[] = [
  { value: '15m', label: '15 min', words: 'the last 15 minutes', everyMs: 10_000 },
  { value: '1h', label: '1 h', words: 'the last hour', everyMs: 30_000 },
  { value: '6h', label: '6 h', words: 'the last 6 hours', everyMs: 60_000 },
  { value: '24h', label: '24 h', words: 'the last 24 hours', everyMs: 60_000 },
  { value: '7d', label: '7 d', words: 'the last 7 days', everyMs: 300_000 },
  { value: '30d', label: '30 d', words: 'the last 30 days', everyMs: 300_000 },
];

/** What an address names; the first when it names none that we have. */
export function rangeOf(name: string | null): (typeof RANGES)[number] {
  const found = RANGES.find((range) => range.value === name) ?? RANGES[0];
  if (found === undefined) throw new Error('there are ranges');
  return found;
}

/** Round times of this browser's clock between the two ends, one per `stepMs`. */
export function timeTicks(from: number, to: number, stepMs: number): number[] {
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let t = Math.ceil((from - offset) / stepMs) * stepMs + offset; t <= to; t += stepMs) ticks.push(t);
  return ticks;
}
