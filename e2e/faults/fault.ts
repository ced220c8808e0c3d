/** What a row of the fault table is made of (trust.md B2). */

/** Counts of one fault. A run that was begun ends as one `passed` or one `failed`; nothing is left out. */
export class Tally {
  passed = 0;
  /** Why, for each run that failed. */
  readonly failures: string[] = [];
  /** Figures that were measured, by name, with their unit. */
  readonly figures = new Map<string, string>();
  /** What could not be tried here, and why. */
  readonly skipped: string[] = [];
  private readonly end: number;
  private readonly say: (line: string) => void;

  constructor(limitMs: number, say: (line: string) => void = () => undefined) {
    this.end = performance.now() + limitMs;
    this.say = say;
  }

  /** No time is left: begin nothing more. What was not reached is told as such. */
  over(): boolean {
    return performance.now() > this.end;
  }

  /** One run. An error of the body is a failure of that run; `what` says which one it was. */
  async try(what: string, body: () => Promise<void> | void): Promise<boolean> {
    try {
      await body();
      this.passed += 1;
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.failures.push(`${what}: ${why}`);
      this.say(`FAILED ${what}: ${why}`);
      return false;
    }
  }

  figure(name: string, value: string): void {
    this.figures.set(name, value);
  }
}

export interface Fault {
  /** `F1` to `F26`, as in trust.md B2; more than one row for a fault has a suffix (`F1d` on Docker). */
  id: string;
  title: string;
  /** What must be true of every run, in words, with its figure. */
  expected: string;
  /** Runs of the full sweep, and of CI's part (0: CI has the same elsewhere). */
  full: number;
  quick: number;
  /** Tries `count` runs or fewer, until the tally is over. An error of its own is a fault of the test. */
  run(count: number, tally: Tally): Promise<void>;
}

/** Says no in words: the checks of a run. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/** Polls until it holds; the milliseconds that it took. */
export async function until(
  what: string,
  withinMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<number> {
  const begun = performance.now();
  while (!(await holds())) {
    if (performance.now() - begun > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - begun;
}

/** `p50 1.2, p99 3.4, max 5.6 ms (n 200)`. */
export function spread(values: readonly number[], unit = 'ms'): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN).toFixed(1);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} ${unit} (n ${sorted.length})`;
}
