import { and, desc, gte, lt } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { requests } from '../schema.ts';

export type RequestRow = typeof requests.$inferSelect;

/** All rows in one transaction; the ledger batches, so that a request never waits for the disk. */
export function insertRequests(db: Db, rows: RequestRow[]): void {
  db.transaction((tx) => {
    for (const row of rows) tx.insert(requests).values(row).onConflictDoNothing().run();
  });
}

/** Rows that started in [from, to), oldest first. */
export function requestsBetween(db: Db, from: number, to: number): RequestRow[] {
  return db
    .select()
    .from(requests)
    .where(and(gte(requests.startedAt, from), lt(requests.startedAt, to)))
    .orderBy(requests.startedAt)
    .all();
}

/** Newest first. */
export function recentRequests(db: Db, limit: number): RequestRow[] {
  return db.select().from(requests).orderBy(desc(requests.startedAt), desc(requests.id)).limit(limit).all();
}
