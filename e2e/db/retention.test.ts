import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeDb, openDb, SOURCE_MIGRATIONS, type Db } from '../../db/client.ts';
import { insertRequests, recentRequests, type NewRequest } from '../../db/queries/requests.ts';
import type { KeepRule } from '../../db/queries/retention.ts';
import { tidy } from '../../server/engine/retention.ts';
import { createLedger } from '../../server/services/ledger.ts';
import { rowOf } from '../support/ledger-row.ts';

const DAY_MS = 86_400_000;
const RULES: KeepRule[] = [
  { table: 'requests', newest: 500, days: 35, atMost: 4000 },
  { table: 'activities', newest: 50 },
];

let folder: string;
let file: string;
const open = () => openDb({ file, migrations: SOURCE_MIGRATIONS });
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-retention-'));
  file = join(folder, 'ailab.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Rows of the time from `from` days ago to `to` days ago, oldest first. */
function fill(db: Db, count: number, from: number, to: number): void {
  const now = Date.now();
  insertRequests(
    db,
    Array.from({ length: count }, (_none, at): NewRequest => {
      const startedAt = Math.round(now - (from - ((from - to) * at) / count) * DAY_MS);
      return {
        ...rowOf(`${startedAt}-${at}`, startedAt),
        userAgent: 'a program that tells a lot about itself '.repeat(5),
      };
    }),
  );
}

const count = (db: Db, table: string) =>
  Number(db.$client.prepare(`SELECT count(*) FROM ${table}`).pluck().get());

/** Read anew, as after a start. */
async function totals(db: Db) {
  const ledger = createLedger(db, () => undefined);
  for (;;) {
    const { totals, pending } = ledger.series('30d');
    if (!pending) return totals;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const onDisk = (db: Db) => {
  db.$client.pragma('wal_checkpoint(TRUNCATE)');
  return statSync(file).size;
};

it('old rows go and their room with them; what the pages count stays to the last row', async () => {
  const db = open();
  fill(db, 20_000, 400, 36);
  fill(db, 1000, 30, 0);
  const [before, full] = [await totals(db), onDisk(db)];
  const { rows } = await tidy(db, never, RULES);
  expect(rows).toBe(20_000);
  expect(await totals(db)).toEqual(before);
  expect(onDisk(db)).toBeLessThan(full / 2);
  expect(db.$client.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(await tidy(db, never, RULES)).toMatchObject({ rows: 0, pages: 0 });
  closeDb(db);
});

it('the newest rows stay however old they are, and no rule lets more in than it says', async () => {
  const db = open();
  fill(db, 600, 400, 300);
  await tidy(db, never, RULES);
  expect(count(db, 'requests')).toBe(500);
  fill(db, 6000, 3, 0);
  await tidy(db, never, RULES);
  expect(count(db, 'requests')).toBe(4000);
  expect(recentRequests(db, 1)[0]?.startedAt).toBeGreaterThan(Date.now() - DAY_MS);
  closeDb(db);
});

it('a file from before it gave anything back begins to, once, when it is opened', async () => {
  const old = open();
  old.$client.pragma('auto_vacuum = NONE');
  old.$client.exec('VACUUM');
  fill(old, 8000, 400, 36);
  closeDb(old);
  const full = statSync(file).size;
  const db = open();
  expect(db.$client.pragma('auto_vacuum', { simple: true })).toBe(2);
  await tidy(db, never, RULES);
  expect(onDisk(db)).toBeLessThan(full / 2);
  expect(count(db, 'requests')).toBe(500);
  closeDb(db);
});

const TIDY = `
const [client, retention] = await Promise.all(process.argv.slice(1, 3).map((url) => import(url)));
const db = client.openDb({ file: process.argv[3], migrations: client.SOURCE_MIGRATIONS });
process.stdout.write('begun');
await retention.tidy(db, new AbortController().signal, JSON.parse(process.argv[4]));
process.stdout.write('done');
`;

it('killed in the middle, the file is whole and the next run ends it', async () => {
  const db = open();
  fill(db, 8000, 400, 36);
  const urls = ['db/client.ts', 'server/engine/retention.ts'].map(
    (path) => pathToFileURL(join(import.meta.dirname, '../..', path)).href,
  );
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    TIDY,
    ...urls,
    file,
    JSON.stringify(RULES),
  ]);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (count(db, 'requests') === 8000 && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill('SIGKILL');
  await ended;
  expect(said).toBe('begun');
  const left = count(db, 'requests');
  expect(left).toBeGreaterThan(500);
  expect(left).toBeLessThan(8000);
  closeDb(db);
  const again = open();
  expect(again.$client.pragma('integrity_check', { simple: true })).toBe('ok');
  await tidy(again, never, RULES);
  expect(count(again, 'requests')).toBe(500);
  closeDb(again);
});
