/** Small decisions of the user by key; the values are JSON, and whoever reads one parses it. */
import { eq, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { settings } from '../schema.ts';

/** Prepared once for a database: a look at the lab asks for each of its items. */
function prepareRead(db: Db) {
  return db
    .select({ value: settings.value })
    .from(settings)
    .where(eq(settings.key, sql.placeholder('key')))
    .prepare();
}

const reads = new WeakMap<Db, ReturnType<typeof prepareRead>>();

/** Undefined when nothing is kept under that key. */
export function readSetting(db: Db, key: string): unknown {
  const read = reads.get(db) ?? prepareRead(db);
  reads.set(db, read);
  return read.get({ key })?.value;
}

export function writeSetting(db: Db, key: string, value: unknown, now: number = Date.now()): void {
  const set = { value, updatedAt: now };
  db.insert(settings)
    .values({ key, ...set })
    .onConflictDoUpdate({ target: settings.key, set })
    .run();
}

export function deleteSetting(db: Db, key: string): void {
  db.delete(settings).where(eq(settings.key, key)).run();
}
