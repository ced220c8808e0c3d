import { and, desc, gte, lt } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { requests } from '../schema.ts';

export type RequestRow = typeof requests.$inferSelect;

/**
 * All rows in one transaction. Written with `synchronous = NORMAL`: a killed process loses nothing, and a power cut may
 * cost the last moments of metering; a sync to disk for each batch would hold up the requests of that moment.
 */
export function insertRequests(db: Db, rows: RequestRow[]): void {
  db.$client.pragma('synchronous = NORMAL');
  try {
    db.transaction((tx) => {
      for (const row of rows) tx.insert(requests).values(row).onConflictDoNothing().run();
    });
  } finally {
    db.$client.pragma('synchronous = FULL');
  }
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
