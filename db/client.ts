/**
 * Opens the one SQLite file of a home: pragmas, a check after an unclean end, a backup before a pending migration,
 * then all pending migrations in one exclusive transaction. Faults are told apart by `DatabaseFault.kind`.
 */
import Database from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backUpNow } from './backups.ts';
import * as schema from './schema.ts';
import { GIVES_BACK, startGivingBack } from './space.ts';

export type Db = BetterSQLite3Database<typeof schema> & { $client: Database.Database };

export type FaultKind = 'corrupt' | 'newer' | 'locked' | 'full' | 'unwritable';

export class DatabaseFault extends Error {
  readonly kind: FaultKind;
  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'DatabaseFault';
    this.kind = kind;
  }
}

export interface OpenOptions {
  /** A path, or `:memory:`. */
  file: string;
  /** Folder with `meta/_journal.json` and the SQL files. */
  migrations: string;
  /** Where the backup before a migration goes; none for `:memory:`. */
  backups?: string;
}

/** Waiting for another process's write blocks our event loop, so it is short; callers retry or say who holds it. */
const BUSY_TIMEOUT_MS = 200;

export function openDb(options: OpenOptions): Db {
  const fresh = options.file === ':memory:' || !existsSync(options.file);
  const unclean = !fresh && existsSync(`${options.file}-wal`);
  const bytes = fresh ? 0 : statSync(options.file).size;
  const small = !fresh && bytes <= CHECKED_ALWAYS_BYTES;
  let client: Database.Database | undefined;
  try {
    client = new Database(options.file, { timeout: BUSY_TIMEOUT_MS });
    if (options.file !== ':memory:' && process.platform !== 'win32') chmodSync(options.file, 0o600);
    if (fresh) client.pragma(GIVES_BACK);
    client.pragma('journal_mode = WAL');
    // FULL: an acknowledged row survives a power cut. The ledger alone writes with less (relaxed.ts).
    client.pragma('synchronous = FULL');
    client.pragma('foreign_keys = ON');
    client.pragma('journal_size_limit = 16777216');
    const check = small ? 'integrity_check(1)' : unclean ? 'quick_check(1)' : null;
    if (check !== null) assertSound(client, check);
    migrate(client, options, fresh);
    if (!fresh) startGivingBack(client, bytes);
    return drizzle(client, { schema }) as Db;
  } catch (error) {
    client?.close();
    throw toFault(error);
  }
}

/** So small a file is checked whole in a few milliseconds: at each opening, indexes too. */
const CHECKED_ALWAYS_BYTES = 4 * 1024 * 1024;

/** All of the file is read. A large one only after an unclean end, because it costs 0.5 s per million rows. */
function assertSound(client: Database.Database, check: 'integrity_check(1)' | 'quick_check(1)'): void {
  const verdict = client.pragma(check, { simple: true });
  if (verdict !== 'ok') throw new DatabaseFault('corrupt', String(verdict));
}

function migrate(client: Database.Database, options: OpenOptions, fresh: boolean): void {
  const known = readMigrationFiles({ migrationsFolder: options.migrations });
  const newest = known.at(-1)?.folderMillis ?? 0;
  const pending = () => {
    const applied = lastApplied(client);
    if (applied > newest) {
      throw new DatabaseFault('newer', 'It was written by a newer ailab-web.');
    }
    return known.filter((migration) => migration.folderMillis > applied);
  };
  if (pending().length === 0) return;
  if (!fresh && options.backups !== undefined) backUpNow(client, options.backups);
  client
    .transaction(() => {
      client.exec(
        'CREATE TABLE IF NOT EXISTS "__drizzle_migrations" (id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric)',
      );
      // Asked again under the lock: another process may have migrated in between.
      for (const migration of pending()) {
        for (const statement of migration.sql) client.exec(statement);
        client
          .prepare('INSERT INTO "__drizzle_migrations" (hash, created_at) VALUES (?, ?)')
          .run(migration.hash, migration.folderMillis);
      }
    })
    .exclusive();
}

function lastApplied(client: Database.Database): number {
  const table = client.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  if (table === undefined) return 0;
  const row = client.prepare('SELECT max(created_at) AS at FROM "__drizzle_migrations"').get() as {
    at: number | null;
  };
  return Number(row.at ?? 0);
}

export function toFault(error: unknown): unknown {
  if (error instanceof DatabaseFault) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new DatabaseFault('corrupt', message, error);
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED')
    return new DatabaseFault('locked', message, error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return new DatabaseFault('full', message, error);
  if (
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_IOERR') ||
    code === 'EACCES' ||
    code === 'EROFS' ||
    code === 'EPERM'
  ) {
    return new DatabaseFault('unwritable', message, error);
  }
  return error;
}

export function closeDb(db: Db): void {
  db.$client.close();
}

/** The folder of migrations beside this file, for tests and for a run from the sources. */
export const SOURCE_MIGRATIONS = join(dirname(import.meta.filename ?? ''), 'migrations');
