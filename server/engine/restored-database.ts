/** A damaged database is replaced by its newest sound backup, kept aside, and told of: at once, and for a week after. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { restoreNewest, type Restored } from '../../db/backups.ts';
import type { Db } from '../../db/client.ts';
import { readSetting, writeSetting } from '../../db/queries/settings.ts';
import type { ErrorReport } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { parseJson } from '../lib/json.ts';
import { createLogger } from '../lib/log.ts';
import { isAlive } from '../lib/process-identity.ts';

const KEY = 'database-restored';
const TOLD_FOR_MS = 7 * 86_400_000;

const kept = z.object({ at: z.number(), message: z.string(), fix: z.string() });

/** Undefined when nothing could be done; else it is done, and the answer is to be told the database once it is open. */
export function restoreDamaged(home: Home, why: Error): ((db: Db) => void) | undefined {
  if (isServed(home)) return undefined;
  const restored = restoreNewest(home.database, home.backups);
  if (restored === undefined) return undefined;
  const notice = wordsOf(restored, why);
  createLogger('database').warn(`${notice.message} ${notice.fix}`);
  return (db) => writeSetting(db, KEY, { at: Date.now(), message: notice.message, fix: notice.fix });
}

/** For the Overview. */
export function restoredNotice(db: Db, now: number = Date.now()): ErrorReport[] {
  const parsed = kept.safeParse(readSetting(db, KEY));
  if (!parsed.success || now - parsed.data.at > TOLD_FOR_MS) return [];
  const { message, fix } = parsed.data;
  return [{ code: 'database_restored', message, fix }];
}

const holder = z.object({ pid: z.number(), started: z.string() });

/** A server that has the file open would go on writing into the damaged one. */
function isServed(home: Home): boolean {
  try {
    const parsed = holder.safeParse(parseJson(readFileSync(home.serverFile, 'utf8')));
    return parsed.success && isAlive(parsed.data);
  } catch {
    return false;
  }
}

function wordsOf({ madeAt, damaged, lost, backup }: Restored, why: Error): ErrorReport {
  const since = new Date(madeAt).toISOString().replace('T', ' ').slice(0, 16);
  const many =
    lost === null
      ? 'how much that is, the damaged file does not tell'
      : `${lost.conversations} conversations, ${lost.requests} metered requests and ${lost.activities} activities, as far as the damaged file tells`;
  return {
    code: 'database_restored',
    message: `The database was damaged (${why.message.replace(/\.$/, '')}) and the backup of ${since} UTC is in its place. What was written after it is lost: ${many}.`,
    fix: `Look through your conversations, keys and the lock. The damaged file is kept as ${damaged}, the backup is ${backup}.`,
  };
}
