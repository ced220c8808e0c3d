/** The locks of a home: the newest is in force, the older ones are its history. */
import type { Db } from '../../db/client.ts';
import { findLock, insertLock, listLocks, newestLock, type LockRow } from '../../db/queries/locks.ts';
import { LabError } from '../lib/errors.ts';
import { newId } from '../lib/id.ts';
import { lockSha256, writeLock } from '../lock/write.ts';
import { lockInfo, lockShown, type LockDocument, type LockInfo, type LockShown } from '../schemas/lock.ts';

export type Locks = ReturnType<typeof createLocks>;

export interface NewLock {
  document: LockDocument;
  origin: LockInfo['origin'];
  activityId: string | null;
}

export function createLocks(db: Db) {
  let known: { sha256: string | null } | undefined;

  return {
    /** Of the lock in force; from memory, for whoever asks at every request. */
    sha256(): string | null {
      known ??= { sha256: newestLock(db)?.sha256 ?? null };
      return known.sha256;
    },
    /** Of the lock in force, without its document. */
    info(): LockInfo | null {
      const [newest] = listLocks(db, 1);
      return newest === undefined ? null : lockInfo.parse(newest);
    },
    current(): LockShown | null {
      const row = newestLock(db);
      return row === undefined ? null : shown(row);
    },
    get(id: string): LockShown {
      const row = findLock(db, id);
      if (row === undefined) throw notFound(id);
      return shown(row);
    },
    history: (limit: number): LockInfo[] => listLocks(db, limit).map((row) => lockInfo.parse(row)),
    /** Writes a row unless the lock in force is the same; false then. To be called inside a transaction. */
    keep({ document, origin, activityId }: NewLock): boolean {
      known = undefined;
      const sha256 = lockSha256(writeLock(document));
      if (newestLock(db)?.sha256 === sha256) return false;
      const now = Date.now();
      insertLock(db, { id: newId(now), createdAt: now, origin, activityId, sha256, document });
      return true;
    },
  };
}

function shown(row: LockRow): LockShown {
  const parsed = lockShown.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new LabError({
    code: 'lock_unreadable',
    message: `The lock ${row.sha256.slice(0, 12)} in the database has another shape than this version knows: ${parsed.error.issues[0]?.message ?? ''}`,
    fix: 'Import an exported lock (`ailab-web lock import FILE`), or run `ailab-web up`: it writes a new one.',
  });
}

function notFound(id: string): LabError {
  return new LabError({
    code: 'lock_not_found',
    message: `There is no lock ${id} in the history.`,
    fix: 'Run `ailab-web lock show` to see the one in force.',
    status: 404,
  });
}

export function noLock(): LabError {
  return new LabError({
    code: 'lock_none',
    message: 'There is no lock yet.',
    fix: 'Run `ailab-web up`: the first one that succeeds writes it. Or import one: `ailab-web lock import FILE`.',
    status: 404,
  });
}
