/** Single things that come fast, handed on in batches: at most one per `everyMs`, the last one as soon as it is known. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface BatchOptions<T> {
  everyMs: number;
  /** A batch is full when the weights of its things reach this. */
  most: number;
  weigh: (thing: T) => number;
  pause?: (ms: number) => Promise<unknown>;
}

/** Nothing more is taken from the source while a full batch waits. An error comes after what came before it. */
export async function* inBatches<T>(
  source: AsyncIterable<T>,
  { everyMs, most, weigh, pause = (ms) => sleep(ms) }: BatchOptions<T>,
): AsyncGenerator<T[]> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  // Awaited later, perhaps after it has failed: that is no unhandled rejection.
  next.catch(() => undefined);
  try {
    for (;;) {
      await next.catch(() => undefined);
      const due = pause(everyMs).then(() => 'due' as const);
      const batch: T[] = [];
      let weight = 0;
      let ended = false;
      try {
        while (weight < most) {
          const step = await Promise.race([next, due]);
          if (step === 'due') break;
          ended = step.done === true;
          if (step.done === true) break;
          batch.push(step.value);
          weight += weigh(step.value);
          next = iterator.next();
          next.catch(() => undefined);
        }
      } catch (error) {
        if (batch.length > 0) yield batch;
        throw error;
      }
      if (!ended) await due;
      if (batch.length > 0) yield batch;
      if (ended) return;
    }
  } finally {
    await iterator.return?.();
  }
}
