/** F8 and F9: a model server that dies again and again, and one that runs but does not answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../support/http.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel } from '../support/model.ts';
import { allProcesses } from '../support/processes.ts';
import { must, spread, until, type Fault } from './fault.ts';

const SEEN_MS = 2000;
/** What the machine may add. */
const SLACK_MS = 3000;

const modelOf = (home: string) =>
  allProcesses().find(
    ({ argv, environ }) =>
      argv.includes('fake-model-server') && (argv.includes(home) || environ.includes(home)),
  );
const runtimeOf = async (lab: Lab) => (await lab.api().lab.overview.query()).runtime;

async function withLab(switches: string[], body: (lab: Lab) => Promise<void>): Promise<void> {
  const model = await standInModel(switches);
  const lab = await startLab(model);
  try {
    await bringUp(lab);
    await body(lab);
  } finally {
    const left = modelOf(lab.home);
    if (left !== undefined) process.kill(left.pid, 'SIGCONT');
    await lab.stop();
    model.remove();
  }
}

export const f8: Fault = {
  id: 'F8',
  title: 'the model server is killed, again and again',
  expected:
    'shown within 2 s with its reason, started again with growing pauses, the restarts counted exactly',
  full: 4,
  quick: 1,
  run: (count, tally) =>
    withLab([], async (lab) => {
      const seen: number[] = [];
      const again: number[] = [];
      for (let run = 1; run <= count && !tally.over(); run += 1)
        await tally.try(`kill ${run}`, async () => {
          const model = modelOf(lab.home);
          must(model !== undefined, 'no model server runs');
          process.kill(model.pid, 'SIGKILL');
          const killed = performance.now();
          await until('seen', SEEN_MS + SLACK_MS, async () => {
            const runtime = await runtimeOf(lab);
            return runtime?.health !== 'healthy' && runtime?.lastExit?.includes('SIGKILL') === true;
          });
          seen.push(performance.now() - killed);
          await until('well again', 40_000, async () => {
            const runtime = await runtimeOf(lab);
            return runtime?.health === 'healthy' && runtime.restarts >= run;
          });
          again.push(performance.now() - killed);
          const restarts = (await runtimeOf(lab))?.restarts;
          must(restarts === run, `${restarts} restarts are told after ${run}`);
          must(modelOf(lab.home)?.pid !== model.pid, 'it is the same process');
        });
      tally.figure('seen', spread(seen));
      tally.figure('well again', spread(again));
    }),
};

export const f9: Fault = {
  id: 'F9',
  title: 'the model server runs, and answers nothing (SIGSTOP)',
  expected:
    'unhealthy, not running; the gateway says 503 with Retry-After instead of hanging; well again by itself',
  full: 10,
  quick: 1,
  run: (count, tally) =>
    withLab([], async (lab) => {
      const seen: number[] = [];
      const { secret } = await lab.api().access.createKey.mutate({ name: 'f9' });
      const chat = () =>
        ask(lab.port, {
          method: 'POST',
          path: '/v1/chat/completions',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
          body: '{"model":"default","messages":[{"role":"user","content":"x"}]}',
        });
      for (let run = 0; run < count && !tally.over(); run += 1)
        await tally.try(`run ${run}`, async () => {
          const model = modelOf(lab.home);
          must(model !== undefined, 'no model server runs');
          process.kill(model.pid, 'SIGSTOP');
          // One that asks just now must not hang either.
          const waiting = chat();
          seen.push(
            await until('unhealthy', 10_000, async () => (await runtimeOf(lab))?.health === 'unhealthy'),
          );
          const refused = await chat();
          must(
            refused.status === 503 && Number(refused.headers['retry-after']) > 0,
            `the gateway said ${refused.status}`,
          );
          must((await waiting).status === 503, `who was waiting was told ${(await waiting).status}`);
          process.kill(model.pid, 'SIGCONT');
          await until('well again', 10_000, async () => (await runtimeOf(lab))?.health === 'healthy');
          await sleep(50);
          must((await chat()).status === 200, 'it does not answer');
        });
      tally.figure('until it is unhealthy', spread(seen));
    }),
};
