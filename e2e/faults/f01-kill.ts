/** F1 and F2: kill -9 of the built command line, at every side effect it has and at random moments. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRecord } from '../../server/resources/embedded-runtime/record.ts';
import { labStatus } from '../../server/schemas/lab.ts';
import { ailab } from '../support/cli.ts';
import { cleanEnvironment, ROOT } from '../support/lab.ts';
import { standInModel, type StandIn } from '../support/model.ts';
import { allProcesses } from '../support/processes.ts';
import { activitiesOf } from './activities-of.ts';
import { checkIntent, checkOutcome } from './checker.ts';
import { must, spread, until, type Fault, type Tally } from './fault.ts';

const BIN = join(ROOT, 'server', 'bin', 'ailab-web.mjs');
const PRELOAD = join(import.meta.dirname, 'crash-at.mjs');
/** Converging includes the start of a process and of a model server; a busy machine gets more than the 5 s aimed at. */
const CONVERGE_MS = 20_000;

/** Where a run is killed: at side effect number `point`, before or after it; or after some milliseconds. */
type Moment = { point: number; when: 'before' | 'after' } | { afterMs: number };

interface Stage {
  home: string;
  env: Record<string, string>;
}

function newStage(model: StandIn): Stage {
  const home = mkdtempSync(join(tmpdir(), 'ailab-kill-'));
  writeFileSync(join(home, 'ai-lab.yaml'), model.config);
  return { home, env: model.env };
}

/** Runs a command and kills it there. True when it was hit, false when it had ended before. */
function killed({ home, env }: Stage, command: string, moment: Moment): Promise<boolean> {
  const points = 'point' in moment;
  const child = spawn(
    process.execPath,
    [...(points ? ['--import', PRELOAD] : []), BIN, command, '--home', home],
    {
      env: {
        ...cleanEnvironment(),
        ...env,
        ...(points ? { CRASH_AT: String(moment.point), CRASH_WHEN: moment.when } : {}),
      },
      stdio: 'ignore',
    },
  );
  const timer = points ? undefined : setTimeout(() => child.kill('SIGKILL'), moment.afterMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (_code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

/** How many side effects the command has on this stage, undisturbed. */
async function countPoints({ home, env }: Stage, command: string): Promise<number> {
  const file = join(home, 'points');
  const child = spawn(process.execPath, ['--import', PRELOAD, BIN, command, '--home', home], {
    env: { ...cleanEnvironment(), ...env, CRASH_COUNT: file },
    stdio: 'ignore',
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  must(code === 0, `${command} ended with ${String(code)}`);
  return Number(readFileSync(file, 'utf8'));
}

/** The processes of this home: supervisor, model servers. */
function processesOf({ home }: Stage) {
  const own = allProcesses().filter(({ argv, environ }) => argv.includes(home) || environ.includes(home));
  return {
    all: own,
    models: own.filter(({ argv }) => argv.includes('fake-model-server')),
    supervisors: own.filter(({ argv }) => argv.includes('supervisor')),
  };
}

const good = (problems: string[]) => must(problems.length === 0, problems.join('; '));

async function mustSucceed({ home, env }: Stage, command: string): Promise<number> {
  const begun = performance.now();
  const { code, stderr } = await ailab([command, '--home', home], { env });
  must(code === 0, `the ${command} after it ended with ${code}: ${stderr.slice(-300)}`);
  return performance.now() - begun;
}

async function mustBeUp(stage: Stage, told: boolean): Promise<void> {
  const { models, supervisors } = processesOf(stage);
  must(
    models.length === 1 && supervisors.length === 1,
    `${models.length} models, ${supervisors.length} supervisors run`,
  );
  good(checkOutcome(activitiesOf(stage.home), models.length));
  if (!told) return;
  const { stdout } = await ailab(['status', '-o', 'json', '--home', stage.home], { env: stage.env });
  const {
    managed_items: managed,
    missing_items: missing,
    untracked_items: untracked,
  } = labStatus.parse(JSON.parse(stdout));
  must(
    managed.length > 0 && missing.length === 0 && untracked.length === 0,
    `the status tells otherwise: ${stdout.slice(0, 300)}`,
  );
}

async function mustBeDown(stage: Stage): Promise<void> {
  await until('all processes are gone', 5000, () => processesOf(stage).all.length === 0);
  good(checkOutcome(activitiesOf(stage.home), 0));
  // The supervisor's last word may be left, if it says that all has stopped.
  const reading = readRecord(join(stage.home, 'runtime.json'));
  must(
    reading.kind === 'absent' || (reading.kind === 'record' && reading.record.state === 'stopped'),
    'runtime.json still tells of a runtime',
  );
  must(existsSync(stage.env['MODEL_PATH'] ?? ''), 'the weights are gone');
}

/** Every point, before and after it, and random moments for the rest; as many as are asked for, spread over all. */
function moments(points: number, longestMs: number, count: number): Moment[] {
  const all: Moment[] = Array.from({ length: points * 2 }, (_, at) => ({
    point: 1 + Math.floor(at / 2),
    when: at % 2 === 0 ? 'before' : 'after',
  }));
  const chosen = all.filter(
    (_, at) => Math.floor((at * count) / all.length) !== Math.floor(((at - 1) * count) / all.length),
  );
  const random = Array.from({ length: Math.max(0, count - chosen.length) }, () => ({
    afterMs: 100 + Math.random() * longestMs,
  }));
  return [...chosen, ...random].slice(0, count);
}

/** Another try of a moment that was not reached; null where there is none. */
const earlier = (moment: Moment): Moment | null =>
  'afterMs' in moment && moment.afterMs > 1 ? { afterMs: moment.afterMs * 0.7 } : null;

const nameOf = (moment: Moment) =>
  'point' in moment ? `${moment.when} effect ${moment.point}` : `after ${moment.afterMs.toFixed(0)} ms`;

async function sweep(
  command: 'up' | 'down',
  count: number,
  tally: Tally,
  one: (stage: Stage, moment: Moment) => Promise<{ hit: boolean; ms: number }>,
): Promise<void> {
  const model = await standInModel();
  let stage = newStage(model);
  try {
    if (command === 'down') await mustSucceed(stage, 'up');
    const points = await countPoints(stage, command);
    await mustSucceed(stage, 'down');
    const times: number[] = [];
    let hits = 0;
    for (const moment of moments(points, 900, count)) {
      if (tally.over()) break;
      await tally.try(nameOf(moment), async () => {
        let hit = false;
        // One that came after the end was no kill: again, earlier.
        for (let at: Moment | null = moment; at !== null; at = hit ? null : earlier(at)) {
          rmSync(stage.home, { recursive: true, force: true });
          stage = newStage(model);
          const outcome = await one(stage, at);
          hit = outcome.hit;
          times.push(outcome.ms);
        }
        if (hit) hits += 1;
      });
      await until('quiet', 10_000, () => processesOf(stage).all.length === 0).catch(async () => {
        for (const { pid } of processesOf(stage).all) process.kill(pid, 'SIGKILL');
      });
    }
    tally.figure('side effects counted', String(points));
    tally.figure('killed while at work', `${hits} of ${tally.passed + tally.failures.length}`);
    tally.figure(`the ${command === 'up' ? 'up' : 'down'} after it`, spread(times));
  } finally {
    for (const { pid } of processesOf(stage).all) process.kill(pid, 'SIGKILL');
    rmSync(stage.home, { recursive: true, force: true });
    model.remove();
  }
}

let asked = 0;

export const f1: Fault = {
  id: 'F1',
  title: 'kill -9 during `up` (embedded engine), at every side effect and at random',
  expected: 'the next `up` converges: one supervisor, one model, no orphan; what was in doubt is told',
  full: 200,
  quick: 4,
  run: (count, tally) =>
    sweep('up', count, tally, async (stage, moment) => {
      const hit = await killed(stage, 'up', moment);
      const made = processesOf(stage).models.map(({ pid }) => `model server ${pid}`);
      good(checkIntent(made, activitiesOf(stage.home)));
      const ms = await mustSucceed(stage, 'up');
      must(ms < CONVERGE_MS, `converging took ${ms.toFixed(0)} ms`);
      // Asking the command line costs as much as the up itself.
      await mustBeUp(stage, (asked += 1) % 4 === 1);
      const running = activitiesOf(stage.home).filter(({ state }) => state === 'running');
      must(running.length === 0, `${running.length} activities are still said to run`);
      await mustSucceed(stage, 'down');
      await mustBeDown(stage);
      return { hit, ms };
    }),
};

export const f2: Fault = {
  id: 'F2',
  title: 'kill -9 during `down` (embedded engine), at every side effect and at random',
  expected: 'the next `down` finishes; weights, conversations and config stay',
  full: 100,
  quick: 2,
  run: (count, tally) =>
    sweep('down', count, tally, async (stage, moment) => {
      await mustSucceed(stage, 'up');
      const before = activitiesOf(stage.home).length;
      const config = readFileSync(join(stage.home, 'ai-lab.yaml'), 'utf8');
      const hit = await killed(stage, 'down', moment);
      await sleep(50);
      const ms = await mustSucceed(stage, 'down');
      await mustBeDown(stage);
      must(activitiesOf(stage.home).length > before, 'rows of the database are gone');
      must(readFileSync(join(stage.home, 'ai-lab.yaml'), 'utf8') === config, 'ai-lab.yaml was changed');
      return { hit, ms };
    }),
};
