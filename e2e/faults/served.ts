/**
 * What clients do to a running server, with the checker's verdict. Each takes any server: the product, whose verdict
 * must be empty, or a build that was broken on purpose, where it must not be.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Lab } from '../support/lab.ts';
import { allProcesses } from '../support/processes.ts';
import { activitiesOf } from './activities-of.ts';
import { checkExclusion, checkIntent, checkOutcome, checkWrites } from './checker.ts';
import { until } from './fault.ts';
import { createOpLog } from './op-log.ts';
import { random } from './proxies/reply-cases.ts';

const modelsOf = (home: string) =>
  allProcesses().filter(
    ({ argv, environ }) =>
      argv.includes('fake-model-server') && (argv.includes(home) || environ.includes(home)),
  );

const codeOf = (error: unknown): string => {
  const lab = (error as { data?: { lab?: { code?: string } } }).data?.lab;
  return lab?.code ?? 'no code';
};

/** Keys are made as fast as three clients can; the server is killed after `ms`; every key that was told must be there. */
export async function killWhileWriting(lab: Lab, ms: number): Promise<{ problems: string[]; acked: number }> {
  const log = createOpLog();
  const end = new AbortController();
  const clients = Array.from({ length: 3 }, async (_, client) => {
    const api = lab.api();
    for (let n = 0; !end.signal.aborted; n += 1) {
      const name = `c${client} n${n}`;
      const op = { client: String(client), op: 'key', call: name };
      log.add({ ...op, phase: 'asked' });
      try {
        await api.access.createKey.mutate({ name });
        log.add({ ...op, phase: 'acked', id: name });
      } catch {
        log.add({ ...op, phase: 'unknown' });
        return;
      }
    }
  });
  await until('first words', 10_000, () => log.ops.some(({ phase }) => phase === 'acked'));
  await sleep(ms);
  end.abort();
  process.kill(lab.pid, 'SIGKILL');
  await Promise.all([lab.exited, ...clients]);
  const db = new Database(join(lab.home, 'ailab.db'));
  try {
    const stored = db.prepare('SELECT name FROM api_keys').pluck().all().map(String);
    const verdict = db.pragma('integrity_check', { simple: true });
    const sound = verdict === 'ok' ? [] : [String(verdict)];
    const acked = log.ops.filter(({ phase }) => phase === 'acked').length;
    return { problems: [...sound, ...checkWrites(log.ops, stored)], acked };
  } finally {
    db.close();
  }
}

/** Brings the lab up and kills the server as soon as a model server runs: there must be word of what was in doubt. */
export async function killDuringUp(lab: Lab): Promise<string[]> {
  await lab.api().lab.up.mutate({ starter: false });
  await until('a model server runs', 10_000, () => modelsOf(lab.home).length > 0);
  process.kill(lab.pid, 'SIGKILL');
  await lab.exited;
  return checkIntent(
    modelsOf(lab.home).map(({ pid }) => `model server ${pid}`),
    activitiesOf(lab.home),
  );
}

/** So many clients ask for up and down at random for a while; then it is settled, and looked at. */
export async function contend(lab: Lab, seed: number, clients: number, calls: number): Promise<string[]> {
  const log = createOpLog();
  const next = random(seed);
  const earlier = new Set(activitiesOf(lab.home).map(({ id }) => id));
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const api = lab.api();
      for (let n = 0; n < calls; n += 1) {
        await sleep(next() * 400);
        const op = { client: String(client), op: next() < 0.5 ? 'up' : 'down', call: `${client}-${n}` };
        log.add({ ...op, phase: 'asked' });
        try {
          const asked =
            op.op === 'up' ? api.lab.up.mutate({ starter: false }) : api.lab.down.mutate({ volumes: false });
          log.add({ ...op, phase: 'acked', id: (await asked).id });
        } catch (error) {
          log.add({ ...op, phase: 'refused', code: codeOf(error), message: String(error) });
        }
      }
    }),
  );
  const recorded = () => activitiesOf(lab.home).filter(({ id }) => !earlier.has(id));
  const settled = () => recorded().every(({ state }) => state !== 'running');
  const stuck = await until('all have ended', 20_000, settled).then(
    () => [],
    (error: unknown) => [String(error)],
  );
  return [
    ...stuck,
    ...checkExclusion(log.ops, recorded()),
    ...(recorded().every(({ state }) => state === 'done')
      ? checkOutcome(recorded(), modelsOf(lab.home).length)
      : []),
  ];
}
