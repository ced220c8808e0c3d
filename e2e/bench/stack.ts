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
import { anyFreePort } from '../../server/lib/ports.ts';
import { openEngine } from '../../server/resources/compose-stack/engine-api.ts';
import { startTestEngine, type TestEngine } from '../docker/harness/engine.ts';
import { ensureImages } from '../docker/harness/images.ts';
import { starterWeights } from '../docker/harness/weights.ts';
import { ROOT, startLab, type Lab } from '../support/lab.ts';
import { median, quantile, type Row } from './stats.ts';

const ROUNDS = Number(process.env['AILAB_BENCH_ROUNDS'] ?? 5);
const LOOKS = 40;
/** Beside the pairs: each of them takes an `up` more. */
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

export async function benchStack(): Promise<Row[]> {
  const engine = await startTestEngine();
  if (engine.kind === 'none')
    return [{ what: 'the stack on Docker', figure: `skipped: ${engine.unavailable}` }];
  try {
    return await onEngine(engine);
  } finally {
    await engine.stop();
  }
}

async function onEngine(engine: TestEngine): Promise<Row[]> {
  const [images, weights] = await Promise.all([ensureImages(engine), starterWeights()]);
  const ports = { model: 0, weaviate: 0, weaviate_grpc: 0, prometheus: 0, grafana: 0 };
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await anyFreePort();
  const refs = Object.fromEntries(Object.entries(images).map(([service, { ref }]) => [service, ref]));
  const config = stringify({ model_path: weights, context_size: 512, ports, images: refs });
  const lab = await startLab({ env: { ...engine.env, AILAB_ENGINE: 'docker' }, config });
  const home = locateHome(lab.home);
  try {
    const ours = throughServer(lab);
    // Makes stack.env, loads the weights into the page cache, and starts the server's own parts.
    await ours.up();
    const env = join(home.root, 'stack', 'stack.env');
    const plain = plainCompose(engine, home.project, env);
    const looks = await pairs(LOOKS, ours.look, plain.look);
    await ours.down();
    const rounds: [Round, Round][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      if (Math.random() < 0.5) rounds.push([await timed(ours), await timed(plain)]);
      else {
        const second = await timed(plain);
        rounds.push([await timed(ours), second]);
      }
    }
    const engineAlone: (readonly [number, number])[] = [];
    for (const [, { down }] of rounds.slice(0, FLOOR_ROUNDS)) {
      await plain.up();
      engineAlone.push([await time(() => removeByApi(engine, home.project)), down]);
    }
    const column = (pick: keyof Round) => rounds.map(([a, b]) => [a[pick], b[pick]] as const);
    return [
      row('up until all four are healthy, of `compose up --wait`', column('up'), 1.1),
      row('up with nothing to do, of `compose up --wait`', column('again'), 0.25),
      row('down, of `compose down`', column('down'), 0.6),
      row('  the least that takes the engine: stop, remove, network at once, of `compose down`', engineAlone),
      row('status refresh, of `compose ps`', looks, 1 / 20),
    ];
  } finally {
    await engine.removeProject(home.project);
    await lab.stop();
  }
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

/** In random order each time; the first pair is not counted. */
async function pairs(
  count: number,
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
): Promise<(readonly [number, number])[]> {
  const found: (readonly [number, number])[] = [];
  for (let pair = -1; pair < count; pair += 1) {
    const oursFirst = Math.random() < 0.5;
    const one = await time(oursFirst ? ours : theirs);
    const other = await time(oursFirst ? theirs : ours);
    if (pair >= 0) found.push(oursFirst ? [one, other] : [other, one]);
  }
  return found;
}

/** The median of the pairs' ratios, with the medians of both sides. */
function row(what: string, both: readonly (readonly [number, number])[], goal?: number): Row {
  const ratios = both.map(([ours, theirs]) => ours / theirs);
  const middle = median(ratios);
  const ms = (at: 0 | 1) => `${median(both.map((pair) => pair[at])).toFixed(0)} ms`;
  const spread = `${quantile(ratios, 0.1).toFixed(2)}–${quantile(ratios, 0.9).toFixed(2)}`;
  return {
    what: `${what} (median of ${both.length} pairs)`,
    figure: `${middle.toFixed(3)} (p10–p90 ${spread}; ${ms(0)} of ${ms(1)})`,
    ...(goal === undefined ? {} : { goal: `≤ ${goal}`, met: middle <= goal }),
  };
}
