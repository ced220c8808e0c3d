import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listBackups } from '../../db/backups.ts';
import { closeDb, openDb, SOURCE_MIGRATIONS, type OpenOptions } from '../../db/client.ts';
import { insertRequests, recentRequests } from '../../db/queries/requests.ts';
import { readLease, releaseLease, takeLease } from '../../db/queries/leases.ts';
import { rowOf } from '../support/ledger-row.ts';

let folder: string;
let options: OpenOptions & { backups: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-db-'));
  options = {
    file: join(folder, 'ailab.db'),
    migrations: SOURCE_MIGRATIONS,
    backups: join(folder, 'backups'),
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const ROW = rowOf('r', 1);

it('makes a private file in WAL, and finds its rows again', () => {
  const db = openDb(options);
  expect(db.$client.pragma('journal_mode', { simple: true })).toBe('wal');
  if (process.platform !== 'win32') expect(statSync(options.file).mode & 0o777).toBe(0o600);
  insertRequests(db, [ROW]);
  closeDb(db);
  const again = openDb(options);
  expect(recentRequests(again, 5)).toMatchObject([ROW]);
  closeDb(again);
  expect(listBackups(options.backups)).toEqual([]);
});

it('backs up before a pending migration, keeps the rows, and refuses the newer database afterwards', () => {
  const db = openDb(options);
  insertRequests(db, [ROW]);
  closeDb(db);
  const next = withMigration('ALTER TABLE requests ADD COLUMN extra text;');
  const migrated = openDb({ ...options, migrations: next });
  expect(recentRequests(migrated, 5)).toHaveLength(1);
  closeDb(migrated);
  expect(listBackups(options.backups)).toHaveLength(1);
  expect(() => openDb(options)).toThrow(expect.objectContaining({ kind: 'newer' }));
});

it('a migration that fails leaves the database as it was', () => {
  closeDb(openDb(options));
  const broken = withMigration(
    'ALTER TABLE requests ADD COLUMN extra text;--> statement-breakpoint\nALTER TABLE nothing ADD x;',
  );
  expect(() => openDb({ ...options, migrations: broken })).toThrow();
  const db = openDb(options);
  expect(
    db.$client.prepare("SELECT 1 FROM pragma_table_info('requests') WHERE name = 'extra'").get(),
  ).toBeUndefined();
  closeDb(db);
});

it.each(['not a database at all', ''])(
  'a file that holds %j is told apart from a good one, and stays as it is',
  (text) => {
    writeFileSync(options.file, text.padEnd(text === '' ? 0 : 4096, '.'));
    if (text === '') {
      closeDb(openDb(options));
      return;
    }
    expect(() => openDb(options)).toThrow(expect.objectContaining({ kind: 'corrupt' }));
    expect(readFileSync(options.file, 'utf8')).toContain(text);
  },
);

it('a page that was overwritten is found after an unclean end', () => {
  const db = openDb(options);
  insertRequests(
    db,
    Array.from({ length: 200 }, (_, at) => ({ ...ROW, id: `r${at}` })),
  );
  db.$client.pragma('wal_checkpoint(TRUNCATE)');
  const copy = join(folder, 'copy.db');
  copyFileSync(options.file, copy);
  writeFileSync(`${copy}-wal`, '');
  closeDb(db);
  const bytes = readFileSync(copy);
  bytes.fill(0xff, 4096 * 6, 4096 * 8);
  writeFileSync(copy, bytes);
  expect(() => openDb({ ...options, file: copy })).toThrow(expect.objectContaining({ kind: 'corrupt' }));
});

it('a folder that is not there is unwritable, not corrupt', () => {
  expect(() => openDb({ ...options, file: join(folder, 'none', 'ailab.db') })).toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

it("a lease has one living holder; a dead one's is taken over", () => {
  const db = openDb({ ...options, file: ':memory:' });
  const lease = (pid: number) => ({ name: 'x', pid, started: 's', holder: 'up', since: pid });
  expect(takeLease(db, lease(1), () => true)).toBeUndefined();
  expect(takeLease(db, lease(2), () => true)).toMatchObject({ pid: 1 });
  expect(takeLease(db, lease(2), () => false)).toBeUndefined();
  releaseLease(db, 'x', 1);
  expect(readLease(db, 'x')).toMatchObject({ pid: 2 });
  releaseLease(db, 'x', 2);
  expect(readLease(db, 'x')).toBeUndefined();
});

/** The migrations of now and one more. */
function withMigration(sql: string): string {
  const target = join(folder, 'migrations');
  mkdirSync(target);
  cpSync(SOURCE_MIGRATIONS, target, { recursive: true });
  chmodSync(target, 0o700);
  const file = join(target, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { when: number }[] };
  const when = Math.max(...journal.entries.map((entry) => entry.when)) + 1;
  journal.entries.push(Object.assign({ idx: 99, version: '6', when, tag: '9999_next', breakpoints: true }));
  writeFileSync(file, JSON.stringify(journal));
  writeFileSync(join(target, '9999_next.sql'), sql);
  return target;
}
