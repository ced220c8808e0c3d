/** The second half of P15: calls to Docker and to Prometheus with one dashboard and with hundreds of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { locateHome, type Home } from '../../server/lib/home.ts';
import { PROMETHEUS_USER, readSecrets } from '../../server/resources/compose-stack/secrets.ts';
import { startTestEngine, type TestEngine } from '../docker/harness/engine.ts';
import { labConfig } from '../docker/lab-config.ts';
import { startLab } from '../support/lab.ts';
import { bringUp } from '../support/model.ts';
import { countDocker } from './docker-count.ts';
import { shuffled, NOT_MEASURED, type Row } from './stats.ts';
import { dashboardOf, openViewers } from './viewers.ts';

const MANY = 500;
/** So many ask often enough that no answer is older than the server lets it become. */
const FEW = 10;
const WINDOW_MS = 10_000;
const TURNS = 2;
/** What a tab of the overview and one of the charts ask for by themselves. */
const POLLED = {
  paths: ['/api/trpc/lab.usage', `/api/trpc/metrics.series?input=${encodeURIComponent('{"range":"15m"}')}`],
  everyMs: 10_000,
};
/** A look more or less falls into a window by chance. */
const SLACK = 1.25;
/** Longer than all of them take: a lab is looked at every two seconds anyway, however many watch. */
const JOIN_MS = 8000;

interface Counted {
  viewers: number;
  /** Calls to Docker while they join, then in the window. */
  joining: number;
  docker: number;
  prometheus: number;
}

export async function engineCalls(): Promise<Row[]> {
  const what = `calls to Docker and Prometheus, ${MANY} dashboards against ${FEW}`;
  const engine = await startTestEngine();
  if (engine.kind === 'none') return [{ id: 'P15', what, figure: `${NOT_MEASURED} ${engine.unavailable}` }];
  try {
    const counts = await counted(engine);
    const of = (many: number, pick: keyof Counted) =>
      counts.filter(({ viewers }) => viewers === many).reduce((sum, one) => sum + one[pick], 0) / TURNS;
    const ratio = (pick: keyof Counted) => of(MANY, pick) / Math.max(1, of(FEW, pick));
    const words = (many: number) => `Docker ${of(many, 'docker')}, Prometheus ${of(many, 'prometheus')}`;
    const goal = `independent of the clients (≤ ${SLACK}×)`;
    return [
      {
        id: 'P15',
        what: `${what}, in ${WINDOW_MS / 1000} s`,
        figure: words(MANY),
        beside: `${FEW}: ${words(FEW)}`,
        ratio: `${ratio('docker').toFixed(2)}× and ${ratio('prometheus').toFixed(2)}×`,
        goal,
        met: ratio('docker') <= SLACK && ratio('prometheus') <= SLACK,
      },
      {
        id: 'P15',
        what: `calls to Docker in the ${JOIN_MS / 1000} s in which ${MANY} dashboards join at once, against ${FEW}`,
        figure: `${of(MANY, 'joining')}`,
        beside: `${FEW}: ${of(FEW, 'joining')}`,
        ratio: `${ratio('joining').toFixed(2)}×`,
        goal,
        met: of(MANY, 'joining') <= Math.max(1, of(FEW, 'joining')) * SLACK,
      },
    ];
  } finally {
    await engine.stop();
  }
}

async function counted(engine: TestEngine): Promise<Counted[]> {
  const config = await labConfig(engine);
  const docker = await countDocker(engine.dockerHost);
  const lab = await startLab({
    env: { ...engine.env, DOCKER_HOST: docker.host, AILAB_ENGINE: 'docker' },
    config: stringify({ ...config, services: ['prometheus'] }),
  });
  const home = locateHome(lab.home);
  try {
    await bringUp(lab);
    const counts: Counted[] = [];
    for (let turn = 0; turn < TURNS; turn += 1)
      for (const viewers of shuffled([FEW, MANY])) {
        docker.take();
        const opening = openViewers({ ...dashboardOf(lab), polled: POLLED }, viewers);
        const [open] = await Promise.all([opening, sleep(JOIN_MS)]);
        const joining = docker.take();
        // The first polls bring everything that was too old.
        await sleep(2000);
        docker.take();
        const before = await queriesOf(home, config.ports.prometheus);
        await sleep(WINDOW_MS);
        const prometheus = (await queriesOf(home, config.ports.prometheus)) - before;
        counts.push({ viewers, joining, docker: docker.take(), prometheus });
        await open.end();
        await sleep(500);
      }
    return counts;
  } finally {
    await engine.removeProject(home.project);
    await lab.stop();
    await docker.close();
  }
}

/** Prometheus' own count of the queries that came to it. */
async function queriesOf(home: Home, port: number): Promise<number> {
  const password = readSecrets(home)?.prometheusPassword ?? '';
  const basic = Buffer.from(`${PROMETHEUS_USER}:${password}`).toString('base64');
  const reply = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { authorization: `Basic ${basic}` },
  });
  if (!reply.ok) throw new Error(`Prometheus answered ${reply.status}`);
  const counts = [...(await reply.text()).matchAll(/^prometheus_http_requests_total\{([^}]*)\} (\d+)/gm)];
  return counts
    .filter(([, labels = '']) => labels.includes('/api/v1/query'))
    .reduce((sum, [, , count]) => sum + Number(count), 0);
}
