/** Opens the home's database; every fault becomes words with a fix. Nothing is ever silently made anew. */
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { listBackups } from '../../db/backups.ts';
import { DatabaseFault, openDb, type Db } from '../../db/client.ts';
import { LabError } from '../lib/errors.ts';
import { homeError, type Home } from '../lib/home.ts';
import { restoreDamaged } from './restored-database.ts';

export function openDatabase(home: Home, migrations: string): Db {
  const open = () => openDb({ file: home.database, migrations, backups: home.backups });
  try {
    try {
      return open();
    } catch (error) {
      const damaged = error instanceof DatabaseFault && error.kind === 'corrupt';
      const remember = damaged ? restoreDamaged(home, error) : undefined;
      if (remember === undefined) throw error;
      const db = open();
      remember(db);
      return db;
    }
  } catch (error) {
    throw error instanceof DatabaseFault ? toLabError(error, home) : error;
  }
}

function toLabError(fault: DatabaseFault, home: Home): LabError {
  const base = { cause: fault, details: { database: home.database } };
  switch (fault.kind) {
    case 'corrupt':
      return new LabError({
        ...base,
        code: 'database_corrupt',
        message: `The database ${home.database} is damaged: ${fault.message}`,
        fix: restoreFix(home),
      });
    case 'newer':
      return new LabError({
        ...base,
        code: 'database_newer',
        message: `The database ${home.database} was written by a newer ailab-web than this one.`,
        fix: 'Run the newer version again (`npx ailab-web@latest`), or use another home with --home FOLDER.',
      });
    case 'locked':
      return new LabError({
        ...base,
        code: 'database_locked',
        message: `Another program holds the database ${home.database} locked.`,
        fix: 'Close that program (a database browser, a backup tool), then run the same command again.',
        status: 503,
      });
    case 'full':
      return homeError(home.root, Object.assign(new Error(fault.message), { code: 'ENOSPC' }));
    case 'unwritable': {
      // SQLite says no more than that it could not make its files; a full disk is the usual reason.
      const code = isFull(home.root) ? 'ENOSPC' : 'EACCES';
      return homeError(home.root, Object.assign(new Error(fault.message), { code }));
    }
  }
}

/** Less than SQLite needs for its shared memory file beside the database. */
const FULL_BELOW_BYTES = 64 * 1024;

function isFull(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < FULL_BELOW_BYTES;
}

function restoreFix(home: Home): string {
  const aside = `Move ${home.database} (and ${home.database}-wal, if it is there) aside`;
  const newest = listBackups(home.backups)[0];
  return newest === undefined
    ? `${aside}; there is no backup, so the lab then starts with an empty database. Weights, tools and ai-lab.yaml are not in it.`
    : `End whatever uses it (\`ailab-web\` in another window), then start again: the newest sound backup is put in its place, and the damaged file is kept. If that does not help: ${aside}, then copy ${join(home.backups, newest)} to ${home.database}.`;
}
