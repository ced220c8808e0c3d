import { desc, eq } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { inserter } from '../inserting.ts';
import { locks } from '../schema.ts';

export type LockRow = typeof locks.$inferSelect;

const insert = inserter(locks);

export function insertLock(db: Db, row: LockRow): void {
  insert.one(db, row);
}

/** The lock in force. Ids sort by time. */
export function newestLock(db: Db): LockRow | undefined {
  return db.select().from(locks).orderBy(desc(locks.id)).limit(1).get();
}

export function findLock(db: Db, id: string): LockRow | undefined {
  return db.select().from(locks).where(eq(locks.id, id)).get();
}

/** Newest first, without the documents. */
export function listLocks(db: Db, limit: number): Omit<LockRow, 'document'>[] {
  const columns = {
    id: locks.id,
    createdAt: locks.createdAt,
    origin: locks.origin,
    activityId: locks.activityId,
    sha256: locks.sha256,
  };
  return db.select(columns).from(locks).orderBy(desc(locks.id)).limit(limit).all();
}
