/** P14: the queries of `db/` beside the same statements straight on better-sqlite3, and what metering costs a request. */
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeDb, openDb, SOURCE_MIGRATIONS, type Db } from '../../db/client.ts';
import { findKey, insertKey, insertLogin } from '../../db/queries/access.ts';
import { insertRequests } from '../../db/queries/requests.ts';
import { createCostMeter } from '../../server/cost/cost-meter.ts';
import { createInstruments } from '../../server/instruments/instruments.ts';
import { countGaps } from '../../server/lib/chunk-gaps.ts';
import { newId } from '../../server/lib/id.ts';
import { createLedger } from '../../server/services/ledger.ts';
import { createMetering } from '../../server/services/metering.ts';
import type { LedgerRow } from '../../server/schemas/metrics.ts';
import { over, paired, rounds } from './rounds.ts';
import { median, quantile, spread, type Row } from './stats.ts';

const ROUNDS = 10;
const SIDES = ['ours', 'raw'] as const;
/** What 50 ms of a busy gateway bring together. */
const BATCH = 64;
const KEYS = 1000;
const METERED = 5000;
/** Seconds between the chunks of a reply, most of them some milliseconds. */
const GAPS: readonly number[] = Array.from({ length: 100 }, (_none, at) => 0.001 * (at % 40));

interface Work {
  /** So many operations a round. */
  count: number;
  ours(): void;
  raw(): void;
}

export async function benchDatabase(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-bench-'));
  const open = (name: string) => openDb({ file: join(folder, name), migrations: SOURCE_MIGRATIONS });
  const db = open('ours.db');
  closeDb(open('raw.db'));
  const raw = new Database(join(folder, 'raw.db'));
  raw.pragma('journal_mode = WAL');
  try {
    return [
      await row('rows of the ledger, 64 in one transaction', '/s', ledgerRows(db, raw)),
      await row('look-up of a key, as each request makes it', '/s', keyLookups(db, raw)),
      await row('a row that must survive a power cut', '/s', durableRows(db, raw)),
      await metering(db, join(folder, 'ai-lab.yaml')),
    ];
  } finally {
    raw.close();
    closeDb(db);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function row(what: string, unit: string, work: Work): Promise<Row> {
  const found = await rounds(SIDES, ROUNDS, 3, (side) => {
    const begun = performance.now();
    work[side]();
    return Promise.resolve(work.count / ((performance.now() - begun) / 1000));
  });
  const [ours, raw] = [found.get('ours') ?? [], found.get('raw') ?? []];
  const ratios = paired(ours, raw, over);
  return {
    id: 'P14',
    what: `SQLite through our layer: ${what}`,
    figure: `${median(ours).toFixed(0)}${unit}`,
    beside: `better-sqlite3 ${median(raw).toFixed(0)}${unit}`,
    ratio: `${spread(ratios)}× raw`,
    goal: '≥ 0.6× raw',
    met: median(ratios) >= 0.6,
  };
}

function ledgerRows(db: Db, raw: Database.Database): Work {
  const columns = (raw.pragma('table_info(requests)') as { name: string }[]).map(({ name }) => name);
  const insert = raw.prepare(
    `INSERT INTO requests (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const insertAll = raw.transaction((all: unknown[][]) => {
    for (const one of all) insert.run(...one);
  });
  const names = columns.map((name) => name.replaceAll(/_[a-z]/g, (two) => two.slice(1).toUpperCase()));
  const plain = (): unknown[] => {
    const row: Record<string, unknown> = { ...ledgerRow(), loadMs: null, streamed: 1 };
    return names.map((name) => row[name]);
  };
  const BATCHES = 10;
  const batches = <T>(make: () => T) =>
    Array.from({ length: BATCHES }, () => Array.from({ length: BATCH }, make));
  return {
    count: BATCHES * BATCH,
    ours: () => {
      for (const batch of batches(ledgerRow)) insertRequests(db, batch);
    },
    raw: () => {
      raw.pragma('synchronous = NORMAL');
      for (const batch of batches(plain)) insertAll(batch);
    },
  };
}

function keyLookups(db: Db, raw: Database.Database): Work {
  const hashes = Array.from({ length: KEYS }, (_none, at) => `hash-${at}`);
  const insert = raw.prepare(
    'INSERT INTO api_keys (id, name, prefix, hash, created_at, last_used_at) VALUES (?, ?, ?, ?, ?, NULL)',
  );
  for (const hash of hashes) {
    insertKey(db, { id: hash, name: hash, prefix: 'sk', hash, createdAt: 1, lastUsedAt: null });
    insert.run(hash, hash, 'sk', hash, 1);
  }
  const find = raw.prepare('SELECT * FROM api_keys WHERE hash = ?');
  return {
    count: 5 * KEYS,
    ours: () => {
      for (let turn = 0; turn < 5; turn += 1) for (const hash of hashes) findKey(db, hash);
    },
    raw: () => {
      for (let turn = 0; turn < 5; turn += 1) for (const hash of hashes) find.get(hash);
    },
  };
}

function durableRows(db: Db, raw: Database.Database): Work {
  const columns = 'id, cookie_hash, secret_hash, created_at, last_seen_at, expires_at, user_agent';
  const insert = raw.prepare(`INSERT INTO logins (${columns}) VALUES (?, ?, ?, 1, 1, 1, ?)`);
  const COUNT = 50;
  return {
    count: COUNT,
    ours: () => {
      for (let at = 0; at < COUNT; at += 1) {
        const id = newId();
        insertLogin(db, {
          id,
          cookieHash: id,
          secretHash: id,
          createdAt: 1,
          lastSeenAt: 1,
          expiresAt: 1,
          userAgent: 'bench',
        });
      }
    },
    raw: () => {
      raw.pragma('synchronous = FULL');
      for (let at = 0; at < COUNT; at += 1) {
        const id = newId();
        insert.run(id, id, id, 'bench');
      }
    },
  };
}

/** All that is counted of a request: its chunks, its energy, its price, the ledger, the instruments. The disk comes later, in batches. */
async function metering(db: Db, configPath: string): Promise<Row> {
  const ledger = createLedger(db, () => undefined);
  const parts = { instruments: createInstruments(), lockSha256: () => null, ledger };
  const cost = createCostMeter({ configPath, env: process.env, gpuInUse: () => false });
  const { begin, record } = createMetering({ ...parts, cost });
  const times: number[] = [];
  for (let at = -500; at < METERED; at += 1) {
    const one = ledgerRow();
    const begun = performance.now();
    const end = begin();
    const gaps = countGaps();
    for (const seconds of GAPS) gaps.add(seconds);
    record(one, gaps, end());
    if (at >= 0) times.push(performance.now() - begun);
    // The ledger's own timer writes meanwhile, as it does between requests.
    if (at % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  ledger.flush();
  const middle = median(times);
  return {
    id: 'P14',
    what: `metering of one request on its path, a stream of ${GAPS.length + 1} chunks, ${METERED} times`,
    figure: `p50 ${middle.toFixed(3)}, p99 ${quantile(times, 0.99).toFixed(3)} ms`,
    goal: 'p50 ≤ 0.05 ms',
    met: middle <= 0.05,
  };
}

function ledgerRow(): LedgerRow {
  const startedAt = Date.now();
  return {
    id: newId(startedAt),
    startedAt,
    route: '/v1/chat/completions',
    model: 'starter',
    caller: 'key: bench',
    streamed: true,
    status: 200,
    outcome: 'ok',
    errorCode: null,
    ttftMs: 12.5,
    durationMs: 1034.5,
    promptTokens: 100,
    cachedTokens: 20,
    completionTokens: 100,
    generationMs: 1000.25,
    tokensPerSecond: 99.9,
    promptMs: 10.5,
    queueMs: 1.5,
    lockSha256: null,
    cost: null,
    userAgent: 'bench/1.0',
  };
}
