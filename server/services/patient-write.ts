/**
 * Writes that nobody waits for with an error in hand: a database that is locked or full for a while must neither end
 * the server nor lose what was told to it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseTrouble } from '../lib/errors.ts';
import { createLogger } from '../lib/log.ts';

const AGAIN_AFTER_MS = 500;
/** Longer than any backup tool holds the lock; what is not written by then is given up, in the log. */
const PATIENCE_MS = 600_000;

/** At once, or never: for what the next write of its kind makes up for. */
export function writeIfPossible(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (databaseTrouble(error) === undefined) throw error;
    createLogger('database').error(`${what} was not written`, error);
  }
}

/** At once where that works, else again until it does; resolves then. Rejects with what is no fault of the database. */
export async function writeOnceWritable<T>(what: string, write: () => T, signal?: AbortSignal): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (let told = false; ; told = true) {
    try {
      return write();
    } catch (error) {
      const over = performance.now() > end || signal?.aborted === true;
      if (databaseTrouble(error) === undefined || over) throw error;
      if (!told) createLogger('database').error(`${what} waits to be written`, error);
      await sleep(AGAIN_AFTER_MS, undefined, { ref: false });
    }
  }
}
