import { desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { inserter } from '../inserting.ts';
import { requests } from '../schema.ts';
import { relaxed } from '../relaxed.ts';

export type RequestRow = typeof requests.$inferSelect;

/** Facts that are not known of every request. */
type Unknown = 'promptMs' | 'queueMs' | 'loadMs' | 'lockSha256' | 'cost' | 'userAgent';

export type NewRequest = Omit<RequestRow, Unknown> & { [K in Unknown]?: RequestRow[K] | undefined };

const insert = inserter(requests, { keepsOld: true });

/** All rows in one transaction. */
export function insertRequests(db: Db, rows: readonly NewRequest[]): void {
  relaxed(db.$client, () => insert.all(db, rows));
}

export function findRequest(db: Db, id: string): RequestRow | undefined {
  return db.select().from(requests).where(eq(requests.id, id)).get();
}

/** Newest first. */
export function recentRequests(db: Db, limit: number): RequestRow[] {
  return db.select().from(requests).orderBy(desc(requests.startedAt), desc(requests.id)).limit(limit).all();
}

/** Of the newest requests; older ones are no news about what is used. */
export const LOOKED_BACK = 10_000;

/** Epoch milliseconds of the last request by model, among the newest requests. */
export function lastRequestByModel(db: Db): Map<string, number> {
  const newest = db
    .select({ model: requests.model, startedAt: requests.startedAt })
    .from(requests)
    .orderBy(desc(requests.startedAt))
    .limit(LOOKED_BACK)
    .as('newest');
  const rows = db
    .select({ model: newest.model, at: sql<number>`max(${newest.startedAt})` })
    .from(newest)
    .groupBy(newest.model)
    .all();
  return new Map(rows.map(({ model, at }) => [model, at]));
}

/** Callers and user agents among the newest requests, the latest first. */
export function requestsByClient(
  db: Db,
  limit: number,
): { caller: string; userAgent: string | null; lastAt: number; requests: number; errors: number }[] {
  const { caller, userAgent, startedAt, outcome } = requests;
  const newest = db
    .select({ caller, userAgent, startedAt, outcome })
    .from(requests)
    .orderBy(desc(startedAt))
    .limit(LOOKED_BACK)
    .as('newest');
  return db
    .select({
      caller: newest.caller,
      userAgent: newest.userAgent,
      lastAt: sql<number>`max(${newest.startedAt})`,
      requests: sql<number>`count(*)`,
      errors: sql<number>`sum(${newest.outcome} in ('error', 'partial'))`,
    })
    .from(newest)
    .groupBy(newest.caller, newest.userAgent)
    .orderBy(desc(sql`max(${newest.startedAt})`))
    .limit(limit)
    .all();
}
