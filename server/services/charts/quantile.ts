/** Cumulative counts by upper bound, as in a Prometheus histogram; the last bound is infinite. */
export type Buckets = Map<number, number>;

/**
 * A quantile of a histogram by linear interpolation within its bucket, as `histogram_quantile` does it
 * (prometheus.io/docs/prometheus/latest/querying/functions). Past the last finite bound it is that bound. Null for no values.
 */
export function quantile(buckets: Buckets, q: number): number | null {
  const bounds = [...buckets.entries()].toSorted(([a], [b]) => a - b);
  const count = buckets.get(Infinity) ?? 0;
  if (count <= 0) return null;
  const rank = q * count;
  let [lower, below] = [0, 0];
  for (const [bound, cumulative] of bounds) {
    if (cumulative >= rank) {
      if (bound === Infinity) return lower;
      const inside = cumulative - below;
      return inside <= 0 ? bound : lower + ((bound - lower) * (rank - below)) / inside;
    }
    [lower, below] = [bound, cumulative];
  }
  return lower;
}
