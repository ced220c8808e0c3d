/** P15: live events to 500 browsers, and what so many of them make us ask of Docker and Prometheus. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyFreePort } from '../../server/lib/ports.ts';
import { startHelper, untilListens } from './helper.ts';
import { engineCalls } from './engine-calls.ts';
import { over, paired, rounds } from './rounds.ts';
import { openRig } from './rig.ts';
import { median, type Row } from './stats.ts';
import { call } from './stream.ts';
import { dashboardOf, openViewers, type Waits } from './viewers.ts';

export const VIEWERS = 500;
const ROUNDS = 3;
const PER_SECOND = 10;
const WATCH_MS = 5000;

export async function benchFanOut(): Promise<Row[]> {
  return [await latency(), ...(await engineCalls())];
}

async function latency(): Promise<Row> {
  const rig = await openRig([]);
  const port = await anyFreePort();
  const plain = startHelper(process.execPath, [
    join(import.meta.dirname, 'relays', 'sse.mjs'),
    String(port),
    String(PER_SECOND),
  ]);
  try {
    await untilListens(port);
    const sides = { ours: dashboardOf(rig.lab), plain: { port, path: '/', bearer: 'none' } };
    const found = await rounds(
      ['ours', 'plain'] as const,
      ROUNDS,
      0,
      async (side): Promise<Waits & { due: number }> => {
        const viewers = await openViewers(sides[side], VIEWERS);
        // What was joined for is over.
        await sleep(500);
        viewers.go();
        // Each request that ends is one message to every browser.
        let ended = 0;
        const beat = setInterval(() => {
          if (side === 'ours')
            void call(rig.ours).then(
              () => (ended += 1),
              () => undefined,
            );
        }, 1000 / PER_SECOND);
        await sleep(WATCH_MS);
        clearInterval(beat);
        // The last of them are on their way.
        await sleep(500);
        return { ...(await viewers.end()), due: ended * VIEWERS };
      },
    );
    const of = (side: 'ours' | 'plain', pick: keyof Waits | 'due') =>
      (found.get(side) ?? []).map((waits) => waits[pick] ?? Number.NaN);
    const words = (side: 'ours' | 'plain') =>
      `p50 ${median(of(side, 'p50')).toFixed(1)}, p99 ${median(of(side, 'p99')).toFixed(1)}, max ${Math.max(...of(side, 'max')).toFixed(0)} ms`;
    const p99 = median(of('ours', 'p99'));
    const sum = (pick: 'messages' | 'due') => of('ours', pick).reduce((all, one) => all + one, 0);
    return {
      id: 'P15',
      what: `live events to ${VIEWERS} browsers, ${PER_SECOND} a second, from the end of a request, median of ${ROUNDS}`,
      figure: `${words('ours')}; ${sum('messages')} of ${sum('due')} messages`,
      beside: `a plain event stream of node:http ${words('plain')}`,
      ratio: `p99 ${median(paired(of('ours', 'p99'), of('plain', 'p99'), over)).toFixed(2)}× plain`,
      goal: 'p99 ≤ 50 ms, none lost',
      met: p99 <= 50 && sum('due') > 0 && sum('messages') >= sum('due'),
    };
  } finally {
    await plain.stop();
    await rig.stop();
  }
}
