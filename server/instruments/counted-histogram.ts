/**
 * A histogram that takes what was counted elsewhere. prom-client's own takes one value after the other, and looks up
 * labels and bucket for each: half a microsecond, which a reply of a thousand chunks does not have.
 */
import { Histogram, type LabelValues } from 'prom-client';

/** What came, by bucket: one more than the histogram has bounds. */
export interface Counted {
  readonly counts: ArrayLike<number>;
  readonly count: number;
  readonly sum: number;
}

interface Series<T extends string> {
  labels: LabelValues<T>;
  counts: Float64Array;
  count: number;
  sum: number;
}

type Options<T extends string> = ConstructorParameters<typeof Histogram<T>>[0] & { buckets: number[] };

/** It shows what was added; `observe` is not for it. */
export class CountedHistogram<T extends string> extends Histogram<T> {
  readonly #of: Options<T>;
  readonly #series = new Map<string, Series<T>>();

  constructor(of: Options<T>) {
    super(of);
    this.#of = of;
  }

  /** `labels` in the same order each time. */
  add(labels: LabelValues<T>, more: Counted): void {
    const key = JSON.stringify(Object.values(labels));
    const counts = new Float64Array(this.#of.buckets.length + 1);
    const series = this.#series.get(key) ?? { labels: { ...labels }, counts, count: 0, sum: 0 };
    this.#series.set(key, series);
    for (let at = 0; at < series.counts.length; at += 1)
      series.counts[at] = (series.counts[at] ?? 0) + (more.counts[at] ?? 0);
    series.count += more.count;
    series.sum += more.sum;
  }

  /** Of prom-client 15: what a registry writes, and `get` hands out with the labels put together. */
  getForPromString() {
    const { name, help } = this.#of;
    const values = [...this.#series.values()].flatMap((one) => this.#values(one));
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  }

  #values({ labels: sharedLabels, counts, count, sum }: Series<T>) {
    const value = (part: string, value: number, labels: { le?: number | string } = {}) => ({
      metricName: `${this.#of.name}_${part}`,
      labels,
      sharedLabels,
      value,
    });
    let below = 0;
    const buckets = this.#of.buckets.map((le, at) => value('bucket', (below += counts[at] ?? 0), { le }));
    return [...buckets, value('bucket', count, { le: '+Inf' }), value('sum', sum), value('count', count)];
  }
}
