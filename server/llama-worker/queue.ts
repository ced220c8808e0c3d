/** One sequence, so one request at a time, in the order of arrival. A caller that goes away leaves its place. */
export interface Queue {
  /** Rejects with the signal's reason when it aborts before the turn comes; otherwise as `job` does. */
  run<T>(signal: AbortSignal, job: () => Promise<T>): Promise<T>;
  readonly processing: number;
  readonly deferred: number;
}

export function createQueue(): Queue {
  let processing = 0;
  const waiting: (() => void)[] = [];

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        processing += 1;
        resolve();
      };
      if (processing === 0) enter();
      else {
        waiting.push(enter);
        signal.addEventListener('abort', leave, { once: true });
      }
    });
  }

  return {
    async run(signal, job) {
      signal.throwIfAborted();
      await turn(signal);
      try {
        return await job();
      } finally {
        processing -= 1;
        waiting.shift()?.();
      }
    },
    get processing() {
      return processing;
    },
    get deferred() {
      return waiting.length;
    },
  };
}
