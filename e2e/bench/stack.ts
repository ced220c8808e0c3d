/**
 * The stack against plain `docker compose`, on the same files, project and engine: pairs in random order, all four
 * services. Ours is timed through the running server, as the dashboard does it; Weaviate and Grafana may be stand-ins.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { locateHome } from '../../server/lib/home.ts';
import { openEngine } from '../../server/resources/compose-stack/engine-api.ts';
import { startTestEngine, type TestEngine } from '../docker/harness/engine.ts';
import { labConfig } from '../docker/lab-config.ts';
import { ROOT, startLab, type Lab } from '../support/lab.ts';
import { over, paired, rounds } from './rounds.ts';
import { median, quantile, spread, type Row } from './stats.ts';

const ROUNDS = Number(process.env['AILAB_BENCH_ROUNDS'] ?? 5);
const LOOKS = 40;
/** Beside the rounds: each of them takes an `up` more. */
const FLOOR_ROUNDS = 3;
const SERVICES = 4;
const run = promisify(execFile);

/** Milliseconds of one round. */
interface Round {
  up: number;
  again: number;
  down: number;
}

interface Side {
  up(): Promise<unknown>;
  again(): Promise<unknown>;
  down(): Promise<unknown>;
}

/** P12: one look at the state of four services. */
export const benchLooks = () => onStack(looks);

/** P13: up until all four are healthy, up with nothing to do, down. */
export const benchUpAndDown = () => onStack(cycles);

interface Stack {
  engine: TestEngine;
  lab: Lab;
  project: string;
  ours: Side & { look(): Promise<unknown> };
  plain: Side & { look(): Promise<unknown> };
}

async function onStack(measure: (stack: Stack) => Promise<Row[]>): Promise<Row[]> {
  const engine = await startTestEngine();
  if (engine.kind === 'none') throw new Error(engine.unavailable);
  try {
    const lab = await startLab({
      env: { ...engine.env, AILAB_ENGINE: 'docker' },
      config: stringify(await labConfig(engine)),
    });
    const home = locateHome(lab.home);
    try {
      const ours = throughServer(lab);
      // Makes stack.env, loads the weights into the page cache, and starts the server's own parts.
      await ours.up();
      const plain = plainCompose(engine, home.project, join(home.root, 'stack', 'stack.env'));
      return await measure({ engine, lab, project: home.project, ours, plain });
    } finally {
      await engine.removeProject(home.project);
      await lab.stop();
    }
  } finally {
    await engine.stop();
  }
}

async function looks({ engine, project, ours, plain }: Stack): Promise<Row[]> {
  const signal = new AbortController().signal;
  const api = await openEngine({ url: engine.dockerHost, origin: 'the bench' });
  const sides = {
    status: ours.look,
    list: () => api.containers(project, signal),
    compose: plain.look,
  };
  const found = await rounds(['status', 'list', 'compose'] as const, LOOKS, 2, (side) => time(sides[side]));
  const of = (side: keyof typeof sides) => found.get(side) ?? [];
  const compose = `compose ps ${spread(of('compose'), 0, ' ms')}`;
  const p95 = quantile(of('list'), 0.95);
  const whole = paired(of('status'), of('compose'), over);
  const list = paired(of('list'), of('compose'), over);
  return [
    {
      id: 'P12',
      what: `list of the stack's containers anew, ${LOOKS} rounds`,
      figure: `${spread(of('list'), 1, ' ms')}; p95 ${p95.toFixed(1)}`,
      beside: compose,
      ratio: `${spread(list, 3)}× compose`,
      goal: '≤ 0.05× compose ps, p95 ≤ 5 ms',
      met: median(list) <= 1 / 20 && p95 <= 5,
    },
    {
      id: 'P12',
      what: `status of the whole lab, over HTTP, ${LOOKS} rounds`,
      figure: `${spread(of('status'), 1, ' ms')}; p95 ${quantile(of('status'), 0.95).toFixed(1)}`,
      beside: compose,
      ratio: `${spread(whole, 3)}× compose`,
      goal: '≤ 0.05× compose ps',
      met: median(whole) <= 1 / 20,
    },
  ];
}

async function cycles({ engine, project, ours, plain }: Stack): Promise<Row[]> {
  await ours.down();
  const found = await rounds<Side, Round>([ours, plain], ROUNDS, 0, timed);
  const of = (side: Side, pick: keyof Round) => (found.get(side) ?? []).map((round) => round[pick]);
  const engineAlone: number[] = [];
  for (let round = 0; round < FLOOR_ROUNDS; round += 1) {
    await plain.up();
    engineAlone.push(await time(() => removeByApi(engine, project)));
  }
  const row = (pick: keyof Round, what: string, theirs: string, goal: number): Row => {
    const ratios = paired(of(ours, pick), of(plain, pick), over);
    const floor = `; the engine alone, all at once ${median(engineAlone).toFixed(0)} ms`;
    return {
      id: 'P13',
      what: `${what}, ${ROUNDS} pairs`,
      figure: spread(of(ours, pick), 0, ' ms'),
      beside: `${theirs} ${spread(of(plain, pick), 0, ' ms')}${pick === 'down' ? floor : ''}`,
      ratio: `${spread(ratios)}× compose`,
      goal: `≤ ${goal}× compose`,
      met: median(ratios) <= goal,
    };
  };
  return [
    row('up', 'up of four services until all are healthy', 'compose up --wait', 1.1),
    row('again', 'up with nothing to do', 'compose up --wait', 0.25),
    row('down', 'down', 'compose down', 0.6),
  ];
}

function throughServer(lab: Lab): Side & { look(): Promise<unknown> } {
  const api = lab.api();
  const ended = async ({ id }: { id: string }) => {
    for (;;) {
      const { state, error } = await api.activity.get.query({ id });
      if (state === 'done') return;
      if (state !== 'running') throw new Error(`${state}: ${error?.message}`);
      await sleep(10);
    }
  };
  const again = async () => ended(await api.lab.up.mutate({ starter: false }));
  return {
    again,
    async up() {
      await again();
      for (;;) {
        const { managed_items: items } = await api.lab.status.query();
        const healthy = items.filter(({ domain, health }) => domain === 'service' && health === 'healthy');
        if (healthy.length === SERVICES) return;
        await sleep(50);
      }
    },
    down: async () => ended(await api.lab.down.mutate({ volumes: false })),
    look: () => api.lab.status.query(),
  };
}

function plainCompose(
  engine: TestEngine,
  project: string,
  envFile: string,
): Side & { look(): Promise<unknown> } {
  const files = ['--env-file', envFile, '-p', project, '-f', join(ROOT, 'stacks', 'stack.yml')];
  const env = { ...process.env, ...engine.env };
  const compose = (...args: string[]) => run('docker', ['compose', ...files, ...args], { env });
  const up = () => compose('up', '-d', '--wait');
  return { up, again: up, down: () => compose('down'), look: () => compose('ps', '--format', 'json') };
}

/** What no client can go below: the same calls as ours, with nothing looked at or recorded. */
async function removeByApi({ dockerHost }: TestEngine, project: string): Promise<void> {
  const signal = new AbortController().signal;
  const api = await openEngine({ url: dockerHost, origin: 'the bench' });
  const containers = await api.containers(project, signal);
  await Promise.all(containers.map(({ Id }) => api.stopAndRemove(Id, signal)));
  for (const network of await api.networks(project, signal)) await api.removeNetwork(network, signal);
}

async function timed(side: Side): Promise<Round> {
  return { up: await time(side.up), again: await time(side.again), down: await time(side.down) };
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
