/** P19: how late our server's event loop is while 64 streams pass and two dashboards and a Prometheus poll it. */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { crowd, CROWD } from './gateway.ts';
import type { Rig } from './rig.ts';
import { median, type Row } from './stats.ts';

const TURNS = 3;
/** A dashboard's page asks for these; each of the two does so every second, which no page does so often. */
const DASHBOARDS = 2;
const EVERY_MS = 1000;
const lag = z.object({ p50: z.number(), p99: z.number(), max: z.number(), looks: z.number() });
type Lag = z.infer<typeof lag>;

export async function benchLoopLag(rig: Rig): Promise<Row[]> {
  const { lab } = rig;
  const api = lab.api();
  const { secret } = await api.access.createKey.mutate({ name: 'prometheus' });
  await crowd(rig.ours, 8, { chunks: 20, perSecond: 100 });
  const loaded: Lag[] = [];
  const idle: Lag[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    await ask(rig.lagSocket, '/start');
    await sleep(2000);
    idle.push(lag.parse(JSON.parse(await ask(rig.lagSocket, '/read'))));
    const polls: Promise<unknown>[] = [];
    const poll = () => {
      for (let page = 0; page < DASHBOARDS; page += 1)
        polls.push(
          api.lab.overview.query(),
          api.lab.usage.query(),
          api.metrics.series.query({ range: '15m' }),
          api.activity.list.query({}),
        );
      polls.push(
        fetch(`${lab.url}/metrics`, { headers: { authorization: `Bearer ${secret}` } }).then((r) => r.text()),
      );
    };
    await ask(rig.lagSocket, '/start');
    const timer = setInterval(poll, EVERY_MS);
    poll();
    await crowd(rig.ours, CROWD.streams, CROWD.plan);
    clearInterval(timer);
    loaded.push(lag.parse(JSON.parse(await ask(rig.lagSocket, '/read'))));
    await Promise.all(polls);
  }
  const of = (all: Lag[], pick: 'p50' | 'p99' | 'max') => median(all.map((one) => one[pick]));
  const words = (all: Lag[]) =>
    `p50 ${of(all, 'p50').toFixed(1)}, p99 ${of(all, 'p99').toFixed(1)}, max ${of(all, 'max').toFixed(0)} ms`;
  return [
    {
      id: 'P19',
      what: `our server's event loop is late, 64 streams × 100 tokens/s and ${DASHBOARDS} dashboards polling each second, median of ${TURNS}`,
      figure: words(loaded),
      beside: `the same server idle: ${words(idle)}`,
      goal: 'p99 ≤ 20 ms',
      met: of(loaded, 'p99') <= 20,
    },
  ];
}

function ask(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, agent: false }, (reply) => {
      let text = '';
      reply.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      reply.once('end', () => resolve(text));
    });
    call.once('error', reject);
    call.end();
  });
}
