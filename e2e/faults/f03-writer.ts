import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeDb, openDb, SOURCE_MIGRATIONS } from '../../db/client.ts';
import { startLab } from '../support/lab.ts';
import { bundleEntry } from './bundle.ts';
import { checkWrites } from './checker.ts';
import { must, spread, type Fault } from './fault.ts';
import { killWhileWriting } from './served.ts';
import { createOpLog, type OpLog } from './op-log.ts';

/** A database of its own for so many kills in a row, so that recovery meets what earlier kills have left. */
const KILLS_PER_FILE = 25;
const IDS = ['SELECT id FROM requests', 'SELECT id FROM activities', 'SELECT key FROM settings'];

export const f3: Fault = {
  id: 'F3',
  title: 'kill -9 of the database writer',
  expected: 'every acknowledged row is there, integrity ok',
  full: 500,
  quick: 10,
  async run(count, tally) {
    const writer = await bundleEntry('e2e/faults/writer.ts');
    const reopened: number[] = [];
    let acked = 0;
    for (let from = 0; from < count && !tally.over(); from += KILLS_PER_FILE) {
      const folder = mkdtempSync(join(tmpdir(), 'ailab-f3-'));
      const log = createOpLog();
      try {
        for (let at = from; at < Math.min(count, from + KILLS_PER_FILE) && !tally.over(); at += 1)
          await tally.try(`kill ${at}`, async () => {
            await killWriter(writer, folder, log, Math.random() * 60);
            const begun = performance.now();
            const stored = storedIn(folder);
            reopened.push(performance.now() - begun);
            const problems = checkWrites(log.ops, stored);
            must(problems.length === 0, problems.slice(0, 3).join('; '));
          });
        acked += log.ops.filter(({ phase }) => phase === 'acked').length;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    tally.figure('acknowledged rows', String(acked));
    tally.figure('open, check and read all', spread(reopened));
  },
};

/** Kills it `ms` after its first acknowledged write, so that the kill hits a writer at work. */
async function killWriter(writer: string, folder: string, log: OpLog, ms: number): Promise<void> {
  const child = spawn(process.execPath, [writer, join(folder, 'ailab.db'), SOURCE_MIGRATIONS], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  let rest = '';
  let first: () => void = () => undefined;
  const working = new Promise<void>((resolve) => (first = resolve));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [phase, kind = '', id = ''] = line.split(' ');
      const op = { client: String(child.pid), op: kind, call: id };
      if (phase === 'asked') log.add({ ...op, phase });
      if (phase === 'acked') {
        log.add({ ...op, phase, id });
        first();
      }
    }
  });
  await Promise.race([working, closed]);
  must(child.exitCode === null, `the writer ended by itself: ${errors.slice(0, 500)}`);
  await sleep(ms);
  child.kill('SIGKILL');
  await closed;
}

/** Ids of all rows, after the product's own opening, with its check of an unclean end, and SQLite's full check. */
function storedIn(folder: string): string[] {
  const db = openDb({ file: join(folder, 'ailab.db'), migrations: SOURCE_MIGRATIONS });
  try {
    const verdict = db.$client.pragma('integrity_check', { simple: true });
    must(verdict === 'ok', `integrity_check: ${String(verdict)}`);
    return IDS.flatMap((query) => db.$client.prepare(query).pluck().all().map(String));
  } finally {
    closeDb(db);
  }
}

export const f3s: Fault = {
  id: 'F3s',
  title: 'kill -9 of the built server while clients make keys',
  expected: 'every key that a client was told is there, integrity ok',
  full: 25,
  quick: 1,
  async run(count, tally) {
    let all = 0;
    for (let run = 0; run < count && !tally.over(); run += 1)
      await tally.try(`kill ${run}`, async () => {
        const lab = await startLab();
        try {
          const { problems, acked } = await killWhileWriting(lab, Math.random() * 400);
          all += acked;
          must(problems.length === 0, problems.slice(0, 3).join('; '));
        } finally {
          await lab.stop();
        }
      });
    tally.figure('acknowledged keys', String(all));
  },
};
