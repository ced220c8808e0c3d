/**
 * A lab after years: a million requests, ten thousand conversations, a thousand containers of others on the engine.
 * The same calls over HTTP on such a home and on a young one, in turns. The viewers of a share are in share.ts.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeDb, openDb, SOURCE_MIGRATIONS, type Db } from '../../db/client.ts';
import { findRequest, insertRequests } from '../../db/queries/requests.ts';
import { tidy } from '../../server/engine/retention.ts';
import { locateHome } from '../../server/lib/home.ts';
import { METRIC_RANGES } from '../../server/schemas/metrics.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { rounds } from './rounds.ts';
import { conversationId, fillHome, fillLedger } from './scale-data.ts';
import { benchContainers } from './scale-docker.ts';
import { median, NOT_MEASURED, quantile, type Row } from './stats.ts';

const OLD = { requests: 1_000_000, conversations: 10_000 };
const YOUNG = { requests: 1000, conversations: 100 };
const ROUNDS = 15;
/** What a person takes for at once, with room for the page that draws it. */
const GOAL_MS = 50;
const INSERT_GOAL_MS = 0.05;
const STEP_GOAL_MS = 20;
const OVERDUE = 100_000;

const ms = (value: number) => `${value.toFixed(1)} ms`;

export async function benchScale(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-bench-scale-'));
  const homes = { young: join(folder, 'young'), old: join(folder, 'old') };
  try {
    fillHome(homes.young, YOUNG.requests, YOUNG.conversations);
    fillHome(homes.old, OLD.requests, OLD.conversations);
    const rows = await benchCalls(homes.young, homes.old);
    rows.push(...(await benchFile(locateHome(homes.old).database)));
    const containers = await benchContainers().catch((error: unknown): Row[] => [
      { what: 'a thousand containers', figure: `${NOT_MEASURED} ${String(error).slice(0, 300)}` },
    ]);
    return [...rows, ...containers];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Call = (api: ReturnType<Lab['api']>) => Promise<unknown>;

const CALLS: Record<string, Call> = {
  'status of the lab': (api) => api.lab.status.query(),
  ...Object.fromEntries(
    METRIC_RANGES.map((range): [string, Call] => [
      `charts of ${range}`,
      (api) => api.metrics.series.query({ range, source: 'ledger' }),
    ]),
  ),
  ...Object.fromEntries(
    [1, 7, 31].map((days): [string, Call] => [
      `costs of ${days} d`,
      (api) => api.metrics.cost.query({ days }),
    ]),
  ),
  'the last 100 requests': (api) => api.metrics.recent.query({ limit: 100 }),
  'programs that called': (api) => api.metrics.clients.query(),
  'list of 100 conversations': (api) => api.chat.list.query({ limit: 100 }),
  'one conversation': (api) => api.chat.get.query({ conversationId: conversationId(50) }),
  'search: a rare word': (api) => api.chat.search.query({ text: 'word777' }),
  'search: two letters': (api) => api.chat.search.query({ text: 'we' }),
  'search: three beginnings': (api) => api.chat.search.query({ text: 'weav promet word1' }),
  'search: six letters of a thousand words': (api) => api.chat.search.query({ text: 'word12' }),
};

async function benchCalls(young: string, old: string): Promise<Row[]> {
  const rows = await afterStart(old, 'the first time ever');
  const labs = { young: await startLab({ home: young }), old: await startLab({ home: old }) };
  try {
    rows.push(...(await firstLook(labs.old, 'the first time after a next start')));
    const apis = { young: labs.young.api(), old: labs.old.api() };
    for (const [what, call] of Object.entries(CALLS)) {
      const found = await rounds(['young', 'old'] as const, ROUNDS, 2, (side) =>
        time(() => call(apis[side])),
      );
      const of = (side: 'young' | 'old') => found.get(side) ?? [];
      const said = (side: 'young' | 'old') => `${ms(median(of(side)))}, p95 ${ms(quantile(of(side), 0.95))}`;
      rows.push({
        what,
        figure: said('old'),
        beside: `young: ${said('young')}`,
        goal: `p95 ≤ ${GOAL_MS} ms`,
        met: quantile(of('old'), 0.95) <= GOAL_MS,
      });
    }
    return rows;
  } finally {
    await Promise.all([labs.young.stop(), labs.old.stop()]);
  }
}

async function afterStart(home: string, when: string): Promise<Row[]> {
  const lab = await startLab({ home });
  try {
    return await firstLook(lab, when);
  } finally {
    await lab.stop();
  }
}

/** The first look ever at 30 days reads the whole ledger, one after a next start what it kept; others are served. */
async function firstLook(lab: Lab, when: string): Promise<Row[]> {
  const api = lab.api();
  const others: number[] = [];
  const done = new AbortController();
  const watching = (async () => {
    while (!done.signal.aborted) {
      others.push(await time(() => fetch(`${lab.url}/healthz`).then((reply) => reply.text())));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const took = await time(async () => {
    while ((await api.metrics.series.query({ range: '30d', source: 'ledger' })).pending)
      await new Promise((resolve) => setTimeout(resolve, 500));
  });
  done.abort();
  await watching;
  return [
    {
      what: `charts of 30d, ${when}, ${OLD.requests} requests`,
      figure: `${(took / 1000).toFixed(2)} s`,
    },
    {
      what: '  what others wait meanwhile, p50 / p95 / longest',
      figure: `${ms(median(others))} / ${ms(quantile(others, 0.95))} / ${ms(Math.max(...others))}`,
      goal: `p95 ≤ ${GOAL_MS} ms`,
      met: quantile(others, 0.95) <= GOAL_MS,
    },
  ];
}

/** Writing to the old file, and the work that keeps it bounded; on the file itself, without a server. */
async function benchFile(file: string): Promise<Row[]> {
  const db = openDb({ file, migrations: SOURCE_MIGRATIONS });
  try {
    const insert = inserts(db);
    fillLedger(db, OVERDUE, 30, 29);
    const before = onDisk(db, file);
    const { rows, pages, longestStepMs, tookMs } = await timedTidy(db);
    return [
      {
        what: 'one more row in the ledger, in batches of 20',
        figure: `${insert.toFixed(3)} ms`,
        goal: `≤ ${INSERT_GOAL_MS} ms`,
        met: insert <= INSERT_GOAL_MS,
      },
      {
        what: `retention: ${rows} rows over the million, ${pages} pages given back`,
        figure: `${(tookMs / 1000).toFixed(1)} s, ${mb(before)} → ${mb(onDisk(db, file))}, WAL ${mb(statSync(`${file}-wal`).size)}`,
        met: rows >= OVERDUE,
        goal: 'all of them',
      },
      {
        what: '  its longest step',
        figure: ms(longestStepMs),
        goal: `≤ ${STEP_GOAL_MS} ms`,
        met: longestStepMs <= STEP_GOAL_MS,
      },
    ];
  } finally {
    closeDb(db);
  }
}

async function timedTidy(db: Db) {
  const begun = performance.now();
  const done = await tidy(db, new AbortController().signal);
  return { ...done, tookMs: performance.now() - begun };
}

/** Milliseconds a row. */
function inserts(db: Db): number {
  const id = String(db.$client.prepare('SELECT id FROM requests LIMIT 1').pluck().get());
  const row = findRequest(db, id);
  if (row === undefined) throw new Error('the ledger is empty');
  const times = Array.from({ length: 200 }, (_none, batch) => {
    const rows = Array.from({ length: 20 }, (_row, at) => ({
      ...row,
      id: `bench-${batch}-${at}`,
      startedAt: Date.now(),
    }));
    const begun = performance.now();
    insertRequests(db, rows);
    return (performance.now() - begun) / rows.length;
  });
  return median(times);
}

function onDisk(db: Db, file: string): number {
  db.$client.pragma('wal_checkpoint(TRUNCATE)');
  return statSync(file).size;
}

const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

async function time(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
