/** What the database says of activities, read beside the product. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { activity as activitySchema, type Activity } from '../../server/schemas/activity.ts';

/** None before there are tables. */
export function activitiesOf(home: string): Activity[] {
  const file = join(home, 'ailab.db');
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true });
  try {
    if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'activities'").get() === undefined) return [];
    const rows = db.prepare('SELECT * FROM activities').all() as Record<string, string>[];
    return rows.map((row) =>
      activitySchema.parse({
        id: row['id'],
        kind: row['kind'],
        state: row['state'],
        startedBy: row['started_by'],
        startedAt: row['started_at'],
        endedAt: row['ended_at'],
        steps: JSON.parse(row['steps'] ?? '[]'),
        error: JSON.parse(row['error'] ?? 'null'),
        outcome: row['outcome'],
      }),
    );
  } finally {
    db.close();
  }
}
