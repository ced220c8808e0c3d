/**
 * Backups of the one database: made before a migration and once a day, put back when the file is damaged. A damaged
 * file is kept beside the backups, never deleted, and nothing is ever made anew in its place.
 */
import Database from 'better-sqlite3';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';

const KEPT = 5;
const PAGES_AT_ONCE = 256;
const STALE_MS = 3_600_000;
const NAME = /^ailab-\d{4}-.*\.db$/;

const stamp = () => new Date().toISOString().replaceAll(/[:.]/g, '-');

/** File names of the backups, newest first. */
export function listBackups(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .toSorted()
    .toReversed();
}

/** At once, by `VACUUM INTO`; the newest five stay. */
export function backUpNow(client: Database.Database, folder: string): void {
  const draft = newDraft(folder);
  client.prepare('VACUUM INTO ?').run(draft);
  finish(draft, folder);
}

/** A few pages at a time, beside the work of a server; the newest five stay. */
export async function backUpSlowly(client: Database.Database, folder: string): Promise<void> {
  const draft = newDraft(folder);
  try {
    await client.backup(draft, { progress: () => PAGES_AT_ONCE });
    finish(draft, folder);
  } finally {
    removeWithCompanions(draft);
  }
}

/** A backup has a name that is no backup's until it is whole. */
function newDraft(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `ailab-draft-${process.pid}.db`);
  removeWithCompanions(draft);
  return draft;
}

function finish(draft: string, folder: string): void {
  if (process.platform !== 'win32') chmodSync(draft, 0o600);
  renameSync(draft, join(folder, `ailab-${stamp()}.db`));
  for (const old of listBackups(folder).slice(KEPT)) rmSync(join(folder, old), { force: true });
  // Of processes that were killed in the middle of one.
  for (const name of readdirSync(folder).filter((name) => name.startsWith('ailab-draft-')))
    if (Date.now() - statSync(join(folder, name)).mtimeMs > STALE_MS)
      removeWithCompanions(join(folder, name));
}

export interface Restored {
  /** Path of the backup that is now the database. */
  backup: string;
  /** Epoch milliseconds at which it was made. */
  madeAt: number;
  /** Where the damaged file is kept. */
  damaged: string;
  /** What the damaged file still tells of rows that the backup has not; null where it tells nothing. */
  lost: { conversations: number; requests: number; activities: number } | null;
}

/** Puts the newest sound backup in the place of `file`, which nobody may have open; undefined when there is none. */
export function restoreNewest(file: string, folder: string): Restored | undefined {
  const name = listBackups(folder).find((name) => isSound(join(folder, name)));
  if (name === undefined) return undefined;
  const backup = join(folder, name);
  const damaged = join(folder, `ailab-damaged-${stamp()}.db`);
  const draft = `${file}-restoring`;
  copyFileSync(backup, draft);
  if (process.platform !== 'win32') chmodSync(draft, 0o600);
  sync(draft);
  linkSync(file, damaged);
  // Its log belongs to the damaged file: the backup must not be mixed with it.
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${damaged}-wal`);
  rmSync(`${file}-shm`, { force: true });
  renameSync(draft, file);
  const { mtimeMs: madeAt } = statSync(backup);
  return { backup, madeAt, damaged, lost: countSince(damaged, madeAt) };
}

function isSound(path: string): boolean {
  try {
    return withCopy(path, (client) => client.pragma('quick_check(1)', { simple: true }) === 'ok');
  } catch {
    return false;
  }
}

function countSince(path: string, since: number): Restored['lost'] {
  try {
    return withCopy(path, (client) => {
      const count = (query: string) => Number(client.prepare(query).pluck().get(since));
      return {
        conversations: count('SELECT count(*) FROM conversations WHERE updated_at > ?'),
        requests: count('SELECT count(*) FROM requests WHERE started_at > ?'),
        activities: count('SELECT count(*) FROM activities WHERE started_at > ?'),
      };
    });
  } catch {
    return null;
  }
}

/** Reads a copy: to look at a file with a log of its own would change it. */
function withCopy<T>(path: string, look: (client: Database.Database) => T): T {
  const copy = `${path}-look`;
  try {
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    const client = new Database(copy);
    try {
      return look(client);
    } finally {
      client.close();
    }
  } finally {
    removeWithCompanions(copy);
  }
}

function removeWithCompanions(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

function sync(path: string): void {
  const handle = openSync(path, 'r+');
  fsyncSync(handle);
  closeSync(handle);
}
