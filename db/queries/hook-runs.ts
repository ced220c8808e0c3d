import { and, desc, eq, getTableColumns, inArray, notInArray } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { inserter } from '../inserting.ts';
import { hookRuns } from '../schema.ts';

export type HookRunRow = typeof hookRuns.$inferSelect;

const insert = inserter(hookRuns);

export function insertHookRun(db: Db, row: HookRunRow): void {
  insert.one(db, row);
}

export function updateHookRun(db: Db, id: string, changes: Partial<HookRunRow>): void {
  db.update(hookRuns).set(changes).where(eq(hookRuns.id, id)).run();
}

export function findHookRun(db: Db, id: string): HookRunRow | undefined {
  return db.select().from(hookRuns).where(eq(hookRuns.id, id)).get();
}

/** Newest first, without their output. */
export function listHookRuns(db: Db, name: string, limit: number): Omit<HookRunRow, 'output'>[] {
  const { output: _output, ...columns } = getTableColumns(hookRuns);
  return db
    .select(columns)
    .from(hookRuns)
    .where(eq(hookRuns.name, name))
    .orderBy(desc(hookRuns.startedAt), desc(hookRuns.id))
    .limit(limit)
    .all();
}

export function runningHookRuns(db: Db): HookRunRow[] {
  return db.select().from(hookRuns).where(eq(hookRuns.state, 'running')).all();
}

/** Deletes all but the newest receipts of one hook; returns the ids of those that are gone. */
export function pruneHookRuns(db: Db, name: string, keep: number): string[] {
  const kept = listHookRuns(db, name, keep).map(({ id }) => id);
  const gone = db
    .select({ id: hookRuns.id })
    .from(hookRuns)
    .where(and(eq(hookRuns.name, name), notInArray(hookRuns.id, kept)))
    .all()
    .map(({ id }) => id);
  if (gone.length > 0) db.delete(hookRuns).where(inArray(hookRuns.id, gone)).run();
  return gone;
}
