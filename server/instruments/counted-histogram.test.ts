import { Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { countGaps, GAP_SECONDS } from '../lib/chunk-gaps.ts';
import { CountedHistogram } from './counted-histogram.ts';

const VALUES = [0, 0.0025, 0.0026, 0.005, 0.3, 0.32, 327.68, 327.69, 1e6];

it('shows what a histogram shows that has seen the values one by one', async () => {
  const [theirs, ours] = [new Registry(), new Registry()];
  const of = { name: 'h', help: 'h', labelNames: ['b', 'a'], buckets: [...GAP_SECONDS] };
  const each = new Histogram({ ...of, registers: [theirs] });
  const counted = new CountedHistogram({ ...of, registers: [ours] });
  for (const labels of [
    { b: 'x"y\n', a: '' },
    { b: 'z', a: '1' },
    { b: 'z', a: '1' },
  ]) {
    const gaps = countGaps();
    for (const value of VALUES) {
      each.observe(labels, value);
      gaps.add(value);
    }
    counted.add(labels, gaps);
  }
  const sumless = (text: string) => text.replaceAll(/(_sum\S* [\d]+)\S*/g, '$1');
  expect(sumless(await ours.metrics())).toBe(sumless(await theirs.metrics()));
  const json = (await ours.getMetricsAsJSON()).map((metric) => metric.values.length);
  expect(json).toEqual((await theirs.getMetricsAsJSON()).map((metric) => metric.values.length));
});
