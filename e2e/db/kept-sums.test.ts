/** The charts' sums of a large ledger outlive the server, and are never wrong by it. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { closeDb, openDb, SOURCE_MIGRATIONS, type Db } from '../../db/client.ts';
import { insertRequests } from '../../db/queries/requests.ts';
import { createLedger } from '../../server/services/ledger.ts';
import type { LedgerRow } from '../../server/schemas/metrics.ts';
import { rowOf } from '../support/ledger-row.ts';

const DAY_MS = 86_400_000;
const MANY = 21_000;
const folder = mkdtempSync(join(tmpdir(), 'ailab-sums-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sums = join(folder, 'ledger-sums.bin');
const NOW = Date.now();
let made = 0;
let db: Db;

/** Spread over the month; slow and fast, priced and not, answered and not. */
function aRow(startedAt: number): LedgerRow {
  made += 1;
  return {
    ...rowOf(`row-${String(made).padStart(8, '0')}`, startedAt),
    outcome: made % 17 === 0 ? 'error' : 'ok',
    durationMs: 100 + ((made * 7919) % 9000),
    ttftMs: made % 5 === 0 ? null : (made * 104_729) % 400,
    cost:
      made % 3 === 0
        ? null
        : {
            currency: made % 2 === 0 ? 'EUR' : 'USD',
            electricity: { low: 1, high: 2, source: 'estimate', joules: { low: 3, high: made } },
            hardware: { low: 1, high: 1 },
            api: made % 7 === 0 ? { name: 'a', date: '2025-01-01', currency: 'USD', amount: 2 } : null,
          },
  };
}

const month = (count: number) =>
  Array.from({ length: count }, (_none, at) => aRow(Math.round(NOW - 30 * DAY_MS * (1 - at / count))));

beforeEach(() => {
  rmSync(sums, { force: true });
  db = openDb({ file: ':memory:', migrations: SOURCE_MIGRATIONS });
  insertRequests(db, month(MANY));
  return () => closeDb(db);
});

const open = (file?: string) => createLedger(db, () => undefined, file);

async function seen(ledger: ReturnType<typeof open>, at = NOW) {
  for (;;) {
    const { pending, ...series } = ledger.series('30d', at);
    if (pending) await new Promise((resolve) => setTimeout(resolve, 5));
    else return { series, day: ledger.series('24h', at), costs: await ledger.costs(7, at) };
  }
}

const forget = (before: number) => db.$client.prepare('DELETE FROM requests WHERE rowid < ?').run(before);

it('a next start knows them without the rows, and reads what was written since', async () => {
  const first = open(sums);
  const before = await seen(first);
  expect(before.series.totals.requests).toBeGreaterThan(MANY * 0.99);
  if (process.platform !== 'win32') expect(statSync(sums).mode & 0o777).toBe(0o600);
  // No close: it was killed. Rows came after the sums were kept.
  first.record(aRow(NOW - DAY_MS));
  first.flush();
  insertRequests(db, month(700));
  const whole = await seen(open());
  expect(await seen(open(sums))).toEqual(whole);
  forget(MANY);
  expect(await seen(open(sums))).toEqual(whole);
});

it('ended orderly, they hold every row up to the last', async () => {
  const first = open(sums);
  await seen(first);
  for (let at = 0; at < 50; at += 1) first.record(aRow(NOW - at * 60_000));
  first.close();
  const whole = await seen(open());
  forget(MANY + 50);
  expect(await seen(open(sums))).toEqual(whole);
});

it('hold no row unseen that another process has written', async () => {
  const file = join(folder, 'ailab.db');
  const [ours, theirs] = [1, 2].map(() => openDb({ file, migrations: SOURCE_MIGRATIONS }));
  if (ours === undefined || theirs === undefined) throw new Error('no database');
  insertRequests(ours, month(MANY));
  const first = createLedger(ours, () => undefined, sums);
  await seen(first);
  first.record(aRow(NOW - DAY_MS));
  first.flush();
  insertRequests(theirs, month(100));
  first.close();
  const whole = await seen(createLedger(ours, () => undefined));
  expect(await seen(createLedger(ours, () => undefined, sums))).toEqual(whole);
  for (const each of [ours, theirs]) closeDb(each);
});

it('are not used for another ledger, by another clock, or when they are broken', async () => {
  await seen(open(sums));
  const earlier = NOW - DAY_MS;
  expect(await seen(open(sums), earlier)).toEqual(await seen(open(), earlier));
  const other = openDb({ file: ':memory:', migrations: SOURCE_MIGRATIONS });
  insertRequests(other, month(MANY));
  const ofOther = (file?: string) => createLedger(other, () => undefined, file);
  expect(await seen(ofOther(sums))).toEqual(await seen(ofOther()));
  closeDb(other);
  const whole = await seen(open());
  for (const text of ['', 'no sums']) {
    writeFileSync(sums, text);
    expect(await seen(open(sums))).toEqual(whole);
  }
});

it('of a small ledger are not kept, nor where the disk refuses', async () => {
  db.$client.exec('DELETE FROM requests WHERE rowid > 1000');
  const small = open(sums);
  await seen(small);
  small.close();
  expect(existsSync(sums)).toBe(false);
  insertRequests(db, month(MANY));
  const refused = open(join(folder, 'none', 'ledger-sums.bin'));
  expect((await seen(refused)).series.totals.requests).toBeGreaterThan(MANY * 0.99);
  refused.close();
});
