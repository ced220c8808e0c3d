/** P8: from the spawn to the first page, our built product on a home that it knows beside an empty Next app. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyFreePort } from '../../server/lib/ports.ts';
import { cleanEnvironment, ROOT } from '../support/lab.ts';
import { startHelper, untilAnswers, type Helper } from './helper.ts';
import { emptyApp, startNext } from './next-app.ts';
import { over, paired, rounds } from './rounds.ts';
import { median, spread, type Row } from './stats.ts';

const ROUNDS = 12;
const LOOK_EVERY_MS = 3;

export interface Started {
  helper: Helper;
  /** A page that is there without a login. */
  page: string;
  /** Of `performance.now()`. */
  spawnedAt: number;
}

/** Our server on a free port. Its first page is the login's: Next answers it, as it does the empty app's. */
export async function startOurs(home: string): Promise<Started> {
  const port = await anyFreePort();
  const bin = join(ROOT, 'server', 'bin', 'ailab-web.mjs');
  const args = [bin, 'serve', '--no-open', '--port', String(port), '--home', home];
  const env = { ...cleanEnvironment(), AILAB_ENGINE: 'embedded' };
  const spawnedAt = performance.now();
  return {
    spawnedAt,
    helper: startHelper(process.execPath, args, env),
    page: `http://127.0.0.1:${port}/login`,
  };
}

export async function startEmpty(): Promise<Started> {
  const folder = emptyApp();
  const port = await anyFreePort();
  const spawnedAt = performance.now();
  return { spawnedAt, helper: startNext(folder, port), page: `http://127.0.0.1:${port}/` };
}

export async function benchStart(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-bench-'));
  const home = join(folder, 'home');
  const starts = { ours: () => startOurs(home), health: () => startOurs(home), empty: startEmpty };
  try {
    const found = await rounds(['ours', 'health', 'empty'] as const, ROUNDS, 1, async (side) => {
      const { helper, page, spawnedAt } = await starts[side]();
      try {
        // The server itself answers before Next is loaded.
        const path = side === 'health' ? new URL('/healthz', page).href : page;
        await untilAnswers(path, 200, LOOK_EVERY_MS);
        return performance.now() - spawnedAt;
      } finally {
        await helper.stop();
      }
    });
    const [ours, empty] = [found.get('ours') ?? [], found.get('empty') ?? []];
    const ratios = paired(ours, empty, over);
    return [
      {
        id: 'P8',
        what: `start: spawn to the first 200 of a page, ${ROUNDS} pairs`,
        figure: `${spread(ours, 0, ' ms')}; /healthz after ${median(found.get('health') ?? []).toFixed(0)}`,
        beside: `empty Next app, standalone ${spread(empty, 0, ' ms')}`,
        ratio: `${spread(ratios)}× empty Next`,
        goal: '≤ 1.25× empty Next',
        met: median(ratios) <= 1.25,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
