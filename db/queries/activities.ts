import { desc, eq } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { inserter } from '../inserting.ts';
import { activities } from '../schema.ts';

export type ActivityRow = typeof activities.$inferSelect;

const insert = inserter(activities);

export function insertActivity(db: Db, row: ActivityRow): void {
  insert.one(db, row);
}

export function updateActivity(db: Db, id: string, changes: Partial<ActivityRow>): void {
  db.update(activities).set(changes).where(eq(activities.id, id)).run();
}

export function findActivity(db: Db, id: string): ActivityRow | undefined {
  return db.select().from(activities).where(eq(activities.id, id)).get();
}

/** Newest first. */
export function listActivities(db: Db, limit: number): ActivityRow[] {
  return db
    .select()
    .from(activities)
    .orderBy(desc(activities.startedAt), desc(activities.id))
    .limit(limit)
    .all();
}

export function runningActivities(db: Db): ActivityRow[] {
  return db.select().from(activities).where(eq(activities.state, 'running')).all();
}
