import { desc, eq } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { activities } from '../schema.ts';

export type ActivityRow = typeof activities.$inferSelect;

export function insertActivity(db: Db, row: ActivityRow): void {
  db.insert(activities).values(row).run();
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
