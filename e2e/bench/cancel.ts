/** P7: a client that goes away in the middle of a stream, and when the model server hears of it. */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { besides, byName, streaming } from './gateway.ts';
import { rounds } from './rounds.ts';
import type { Rig } from './rig.ts';
import { median, quantile, type Row } from './stats.ts';
import { call } from './stream.ts';

const CANCELS = 200;
const SETTLE_MS = 1500;
const told = z.object({ open: z.number(), closed: z.record(z.string(), z.string()) });

export async function benchCancel(rig: Rig): Promise<Row[]> {
  const before = await heard(rig);
  const left = await rounds(streaming(rig), CANCELS, 5, async (relay, round) => {
    const id = `${relay.name} ${round}`;
    const after = 1 + (Math.abs(round) % 5);
    await call(relay, { chunks: 5000, perSecond: 200, id }, (count) => count >= after);
    return { id, at: process.hrtime.bigint() };
  });
  await sleep(SETTLE_MS);
  const { open, closed } = await heard(rig);
  const of = (name: string) =>
    byName(left, name).flatMap(({ id, at }) => {
      const end = closed[id];
      return end === undefined ? [] : [Number(BigInt(end) - at) / 1e6];
    });
  const words = (name: string) =>
    `p50 ${median(of(name)).toFixed(1)}, p99 ${quantile(of(name), 0.99).toFixed(1)}`;
  const ours = of('ours');
  const leaked = CANCELS - ours.length;
  const p99 = quantile(ours, 0.99);
  return [
    {
      id: 'P7',
      what: `a client leaves, until the model server hears it, ${CANCELS} times`,
      figure: `p50 ${median(ours).toFixed(1)}, p99 ${p99.toFixed(1)}, max ${Math.max(...ours).toFixed(1)} ms; ${leaked} leaked of ${CANCELS}, ${open - before.open} still open`,
      beside: `direct ${words('direct')}, ${besides(rig, words, true)} ms`,
      ratio: `p50 ${(median(ours) / median(of('direct'))).toFixed(2)}× direct`,
      goal: 'p99 ≤ 50 ms, 0 leaks of 200',
      met: p99 <= 50 && leaked === 0 && open === before.open,
    },
  ];
}

function heard({ direct }: Rig): Promise<z.infer<typeof told>> {
  return new Promise((resolve, reject) => {
    const ask = request(new URL('/bench/closed', direct.url), { headers: direct.headers }, (reply) => {
      let text = '';
      reply.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      reply.once('end', () => resolve(told.parse(JSON.parse(text))));
    });
    ask.once('error', reject);
    ask.end();
  });
}
