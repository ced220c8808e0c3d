/** A backup of the database once a day, beside the work of the server and never on its way to ready. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backUpSlowly, listBackups } from '../../db/backups.ts';
import type { Db } from '../../db/client.ts';
import type { Home } from '../lib/home.ts';
import { createLogger } from '../lib/log.ts';

const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 3_600_000;
const FIRST_AFTER_MS = 60_000;

export function backUpDaily(db: Db, home: Home, closing: AbortSignal): void {
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing, ref: false }).catch(() => undefined);
  void (async () => {
    await pause(FIRST_AFTER_MS);
    while (!closing.aborted) {
      if (isDue(home.backups, Date.now()))
        await backUpSlowly(db.$client, home.backups).catch((error: unknown) => {
          if (!closing.aborted) createLogger('backup').error('the daily backup could not be made', error);
        });
      await pause(LOOK_EVERY_MS);
    }
  })();
}

/** Also when the clock was set back: a backup from the future says nothing about today. */
function isDue(folder: string, now: number): boolean {
  const [newest] = listBackups(folder);
  if (newest === undefined) return true;
  return Math.abs(now - statSync(join(folder, newest)).mtimeMs) > DAY_MS;
}
