/** Waits and limits of a download, in milliseconds. */
export const TIMING = {
  /** Without a byte, a connection is given up and made anew. */
  idleMs: 30_000,
  /** Without a byte, that is said. */
  stallMs: 15_000,
  /** Waits before further tries, while no byte comes. */
  retryMs: [500, 1000, 2000, 4000, 8000] as readonly number[],
  everyMs: 250,
};
export type PullTiming = typeof TIMING;
