/** How long the pauses between the chunks of a reply were: counted as they pass, since a reply has thousands. */

/** Seconds; a bucket holds what is above the bound before and at most its own. The last has none. */
export const GAP_SECONDS: readonly number[] = [
  0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
  163.84, 327.68,
];

export interface ChunkGaps {
  /** By bucket; one more than there are bounds. */
  readonly counts: ArrayLike<number>;
  readonly count: number;
  /** Seconds. */
  readonly sum: number;
}

export interface CountingGaps extends ChunkGaps {
  count: number;
  sum: number;
  add(seconds: number): void;
}

export function countGaps(): CountingGaps {
  const counts = new Uint32Array(GAP_SECONDS.length + 1);
  return {
    counts,
    count: 0,
    sum: 0,
    add(seconds) {
      let bucket = 0;
      while (seconds > (GAP_SECONDS[bucket] ?? Infinity)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      this.count += 1;
      this.sum += seconds;
    },
  };
}
