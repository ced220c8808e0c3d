/** Small decisions of the user by key; the values are JSON, and whoever reads one parses it. */
import { eq } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { settings } from '../schema.ts';

/** Undefined when nothing is kept under that key. */
export function readSetting(db: Db, key: string): unknown {
  return db.select({ value: settings.value }).from(settings).where(eq(settings.key, key)).get()?.value;
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
