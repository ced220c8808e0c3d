import { asc, desc, eq, lte, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { inserter } from '../inserting.ts';
import { apiKeys, logins } from '../schema.ts';

export type LoginRow = typeof logins.$inferSelect;
export type ApiKeyRow = typeof apiKeys.$inferSelect;

const loginInsert = inserter(logins);
const keyInsert = inserter(apiKeys);

/** The two look-ups that every request makes, prepared once for a database: building them costs more than running them. */
function prepare(db: Db) {
  const hash = sql.placeholder('hash');
  return {
    login: db.select().from(logins).where(eq(logins.cookieHash, hash)).prepare(),
    key: db.select().from(apiKeys).where(eq(apiKeys.hash, hash)).prepare(),
  };
}

const statements = new WeakMap<Db, ReturnType<typeof prepare>>();

function prepared(db: Db): ReturnType<typeof prepare> {
  const known = statements.get(db) ?? prepare(db);
  statements.set(db, known);
  return known;
}

export function insertLogin(db: Db, row: LoginRow): void {
  loginInsert.one(db, row);
}

export function findLogin(db: Db, cookieHash: string): LoginRow | undefined {
  return prepared(db).login.get({ hash: cookieHash });
}

export function touchLogin(db: Db, id: string, at: number): void {
  db.update(logins).set({ lastSeenAt: at }).where(eq(logins.id, id)).run();
}

export function listLogins(db: Db): LoginRow[] {
  return db.select().from(logins).orderBy(desc(logins.lastSeenAt)).all();
}

export function deleteLogin(db: Db, id: string): boolean {
  return db.delete(logins).where(eq(logins.id, id)).run().changes > 0;
}

export function deleteExpiredLogins(db: Db, now: number): void {
  db.delete(logins).where(lte(logins.expiresAt, now)).run();
}

export function insertKey(db: Db, row: ApiKeyRow): void {
  keyInsert.one(db, row);
}

export function findKey(db: Db, hash: string): ApiKeyRow | undefined {
  return prepared(db).key.get({ hash });
}

export function touchKey(db: Db, id: string, at: number): void {
  db.update(apiKeys).set({ lastUsedAt: at }).where(eq(apiKeys.id, id)).run();
}

export function listKeys(db: Db): ApiKeyRow[] {
  return db.select().from(apiKeys).orderBy(asc(apiKeys.createdAt)).all();
}

export function deleteKey(db: Db, id: string): boolean {
  return db.delete(apiKeys).where(eq(apiKeys.id, id)).run().changes > 0;
}
