import { asc, eq, lte } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { inserter } from '../inserting.ts';
import { shares } from '../schema.ts';

export type ShareRow = typeof shares.$inferSelect;

const insert = inserter(shares);

export function insertShare(db: Db, row: ShareRow): void {
  insert.one(db, row);
}

/** Oldest first. */
export function listShares(db: Db): ShareRow[] {
  return db.select().from(shares).orderBy(asc(shares.id)).all();
}

export function deleteShare(db: Db, id: string): void {
  db.delete(shares).where(eq(shares.id, id)).run();
}

export function deleteExpiredShares(db: Db, now: number): void {
  db.delete(shares).where(lte(shares.expiresAt, now)).run();
}
