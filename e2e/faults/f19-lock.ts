/** F19: many who want up and down at once. Schedules by fast-check in one process, and clients of the built server. */
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, boolean, constantFrom, integer, record, sample, type Arbitrary } from 'fast-check';
import { listActivities } from '../../db/queries/activities.ts';
import { readLease, takeLease } from '../../db/queries/leases.ts';
import { closeDb, openDb, SOURCE_MIGRATIONS, type Db } from '../../db/client.ts';
import { createActivities } from '../../server/engine/activities.ts';
import { isLabError } from '../../server/lib/errors.ts';
import { activity } from '../../server/schemas/activity.ts';
import { startLab } from '../support/lab.ts';
import { standInModel } from '../support/model.ts';
import { checkExclusion } from './checker.ts';
import { must, spread, type Fault } from './fault.ts';
import { createOpLog } from './op-log.ts';
import { contend } from './served.ts';

const LEASE = 'activity';
const call = record({
  client: integer({ min: 0, max: 7 }),
  kind: constantFrom('up' as const, 'down' as const),
  /** Turns of the loop before it asks, and while it works. */
  wait: integer({ min: 0, max: 12 }),
  work: integer({ min: 0, max: 6 }),
  fails: boolean(),
});
const schedule = array(call, { minLength: 2, maxLength: 16 });
type Call = typeof call extends Arbitrary<infer T> ? T : never;

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Each client on one of two connections, as two processes would be. What is found wrong. */
async function play(dbs: readonly [Db, Db], calls: readonly Call[]): Promise<string[]> {
  const log = createOpLog();
  const parts = dbs.map((db) => createActivities(db, () => undefined));
  const earlier = new Set(listActivities(dbs[0], 1000).map(({ id }) => id));
  const problems: string[] = [];
  let working = 0;
  await Promise.all(
    calls.map(async ({ client, kind, wait, work, fails }, at) => {
      await turns(wait);
      const own = parts[client % 2];
      const op = { client: String(client), op: kind, call: String(at) };
      log.add({ ...op, phase: 'asked' });
      try {
        const { id } = own!.start(kind, {}, `client ${client}`, async () => {
          working += 1;
          if (working > 1) problems.push(`${working} work at once`);
          await turns(work);
          working -= 1;
          if (fails) throw new Error('told to fail');
          return 'done';
        });
        log.add({ ...op, phase: 'acked', id });
        await own!.ended(id);
      } catch (error) {
        const code = isLabError(error) ? error.code : 'unknown';
        log.add({ ...op, phase: 'refused', code, message: String(error) });
      }
    }),
  );
  const recorded = listActivities(dbs[0], 1000)
    .filter(({ id }) => !earlier.has(id))
    .map((row) => activity.parse(row));
  if (readLease(dbs[0], LEASE) !== undefined) problems.push('the lock is left');
  return [...problems, ...checkExclusion(log.ops, recorded)];
}

async function inProcess(
  count: number,
  run: (what: string, body: () => Promise<void>) => Promise<unknown>,
  over: () => boolean,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-f19-'));
  const open = () => openDb({ file: join(folder, 'ailab.db'), migrations: SOURCE_MIGRATIONS });
  const dbs = [open(), open()] as const;
  // The schedules matter here, not the disk.
  for (const db of dbs) db.$client.pragma('synchronous = OFF');
  try {
    for (const [at, calls] of sample(schedule, { numRuns: count, seed: 19 }).entries()) {
      if (over()) break;
      await run(`schedule ${at}`, async () => {
        const problems = await play(dbs, calls);
        must(problems.length === 0, `${problems.slice(0, 3).join('; ')} in ${JSON.stringify(calls)}`);
      });
      dbs[0].$client.exec('DELETE FROM activities');
    }
    // Whoever held it is dead, or another process has its pid by now.
    for (const stale of [
      { pid: 2 ** 22 - 3, started: 'x' },
      { pid: process.ppid, started: 'another boot:1' },
    ]) {
      takeLease(dbs[0], { name: LEASE, ...stale, holder: 'up', since: Date.now() }, () => false);
      const begun = performance.now();
      const problems = await play(dbs, [{ client: 0, kind: 'up', wait: 0, work: 1, fails: false }]);
      const ms = performance.now() - begun;
      must(
        problems.length === 0 && ms < 5000,
        `a dead holder's lock: ${problems.join('; ')}, ${ms.toFixed(0)} ms`,
      );
    }
  } finally {
    for (const db of dbs) closeDb(db);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of a hundred schedules, so many on the built server, where each takes seconds. */
const SERVED_OF_100 = 4;

export const f19: Fault = {
  id: 'F19',
  title:
    '2 to 8 clients want up and down at once (fast-check schedules on the lock; some on the built server)',
  expected:
    'one at a time, others 409 with holder and since; what runs is what was accepted last; a dead holder is freed',
  full: 500,
  quick: 60,
  async run(count, tally) {
    const served = Math.max(1, Math.floor((count * SERVED_OF_100) / 100));
    await inProcess(
      count - served,
      (what, body) => tally.try(what, body),
      () => tally.over(),
    );
    const model = await standInModel();
    const lab = await startLab(model);
    const times: number[] = [];
    try {
      for (let at = 0; at < served && !tally.over(); at += 1) {
        const begun = performance.now();
        await tally.try(`served ${at}`, async () => {
          const problems = await contend(lab, at, 2 + (at % 7), 3);
          must(problems.length === 0, problems.slice(0, 3).join('; '));
        });
        times.push(performance.now() - begun);
      }
    } finally {
      await lab
        .api()
        .lab.down.mutate({ volumes: false })
        .catch(() => undefined);
      await lab.stop();
      model.remove();
    }
    tally.figure('of them on the built server', String(times.length));
    tally.figure('a served schedule', spread(times));
  },
};
