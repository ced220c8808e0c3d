/** When to start the model server again after it ended, and when to give up. Times are monotonic milliseconds. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const HEALTHY_RESET = 600_000;
const WINDOW = 600_000;
const EXITS_IN_WINDOW = 5;

export type NextStep = { kind: 'restart'; delayMs: number } | { kind: 'giveUp'; why: string };

export interface Backoff {
  /** `healthyMs`: how long the child that just ended had been healthy. */
  ended(now: number, healthyMs: number): NextStep;
}

export function createBackoff(): Backoff {
  let exits: number[] = [];
  let inARow = 0;
  return {
    ended(now, healthyMs) {
      if (healthyMs >= HEALTHY_RESET) {
        exits = [];
        inARow = 0;
      }
      exits = [...exits.filter((at) => now - at < WINDOW), now];
      inARow += 1;
      if (exits.length >= EXITS_IN_WINDOW)
        return { kind: 'giveUp', why: `it ended ${exits.length} times within 10 minutes` };
      return { kind: 'restart', delayMs: Math.min(FIRST_DELAY * 2 ** (inARow - 1), LONGEST_DELAY) };
    },
  };
}
