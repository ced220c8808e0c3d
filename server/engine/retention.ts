/**
 * What the database keeps, in one place, and the work that keeps it so: once an hour, beside the work of the server, a
 * few rows and pages at a time. Conversations, keys, presets and settings are the user's: they are never pruned.
 * Logins and shares end by themselves (services/access.ts, services/shares.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../db/client.ts';
import { pruneOldest, type KeepRule } from '../../db/queries/retention.ts';
import { freePages, giveBack } from '../../db/space.ts';
import { createLogger } from '../lib/log.ts';

export const KEPT: readonly KeepRule[] = [
  // The pages look back 31 days at most; the rows of those are kept as long as there are no more than a million.
  { table: 'requests', newest: 100_000, days: 35, atMost: 1_000_000 },
  { table: 'activities', newest: 2000 },
  // Of each hook the newest 50 are kept anyway (hook-receipts.ts); this is for hooks that are no more.
  { table: 'hook_runs', newest: 2000 },
  // The newest one is the lock in force.
  { table: 'locks', newest: 500 },
];

const FIRST_AFTER_MS = 90_000;
const EVERY_MS = 3_600_000;
/** So long one step may hold up the server; steps grow and shrink to it. */
const STEP_MS = 3;
const PAUSE_MS = 10;
const ROWS_AT_FIRST = 100;
const PAGES_AT_FIRST = 16;
const STEP_MOST = 500;
/** 1 MiB of free pages stays for the next rows. */
const SPARE_PAGES = 256;

export function keepBounded(db: Db, closing: AbortSignal): void {
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing, ref: false }).catch(() => undefined);
  void (async () => {
    await pause(FIRST_AFTER_MS);
    while (!closing.aborted) {
      await tidy(db, closing).catch((error: unknown) => {
        if (!closing.aborted) createLogger('retention').error('old rows could not be removed', error);
      });
      await pause(EVERY_MS);
    }
  })();
}

/** Prunes what is too old and gives its room back. Ended at any point, the next call goes on from there. */
export async function tidy(
  db: Db,
  closing: AbortSignal,
  rules: readonly KeepRule[] = KEPT,
): Promise<{ rows: number; pages: number; longestStepMs: number }> {
  let longestStepMs = 0;
  /** Steps of about STEP_MS each, until one does nothing; how much all of them did. */
  const inSteps = async (atFirst: number, step: (size: number) => number): Promise<number> => {
    let [size, total] = [atFirst, 0];
    while (!closing.aborted) {
      const begun = performance.now();
      const done = step(size);
      const took = performance.now() - begun;
      longestStepMs = Math.max(longestStepMs, took);
      if (done <= 0) break;
      total += done;
      size = Math.min(STEP_MOST, Math.max(4, Math.round(size * Math.min(2, STEP_MS / Math.max(took, 0.1)))));
      await sleep(PAUSE_MS, undefined, { signal: closing }).catch(() => undefined);
    }
    return total;
  };
  let rows = 0;
  for (const rule of rules)
    rows += await inSteps(ROWS_AT_FIRST, (size) => pruneOldest(db, rule, size, Date.now()));
  const pages = await inSteps(PAGES_AT_FIRST, (size) =>
    giveBack(db.$client, Math.min(size, freePages(db.$client) - SPARE_PAGES)),
  );
  return { rows, pages, longestStepMs };
}
