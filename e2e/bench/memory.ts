/** P9: resident memory of our server, idle and after 10,000 streams, beside an empty Next app. Linux. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilAnswers } from './helper.ts';
import { openRig } from './rig.ts';
import { over, paired, rounds } from './rounds.ts';
import { startEmpty, startOurs } from './start.ts';
import { median, spread, type Row } from './stats.ts';
import { call, type Plan } from './stream.ts';

const ROUNDS = 3;
const IDLE_MS = 5000;
const STREAMS = 10_000;
const AT_ONCE = 32;
const SHORT: Plan = { chunks: 8, perSecond: 0 };

export async function benchMemory(): Promise<Row[]> {
  if (process.platform !== 'linux') throw new Error('resident memory is read from /proc, which is not here');
  const folder = mkdtempSync(join(tmpdir(), 'ailab-bench-'));
  const starts = { ours: () => startOurs(join(folder, 'home')), empty: startEmpty };
  try {
    const idle = await rounds(['ours', 'empty'] as const, ROUNDS, 0, async (side) => {
      const { helper, page } = await starts[side]();
      try {
        await untilAnswers(page, 200);
        await sleep(IDLE_MS);
        return residentMB(helper.pid);
      } finally {
        await helper.stop();
      }
    });
    const [ours, empty] = [idle.get('ours') ?? [], idle.get('empty') ?? []];
    const ratios = paired(ours, empty, over);
    const used = await afterStreams();
    const later = used / median(empty);
    const beside = `empty Next app ${spread(empty, 0, ' MB')}`;
    return [
      {
        id: 'P9',
        what: `memory idle, ${IDLE_MS / 1000} s after the first page, ${ROUNDS} pairs`,
        figure: spread(ours, 0, ' MB'),
        beside,
        ratio: `${spread(ratios)}× empty Next`,
        goal: '≤ 1.4× empty Next',
        met: median(ratios) <= 1.4,
      },
      {
        id: 'P9',
        what: `memory after ${STREAMS} streams through the gateway, ${IDLE_MS / 1000} s later`,
        figure: `${used.toFixed(0)} MB`,
        beside: `${beside}, idle`,
        ratio: `${later.toFixed(2)}× empty Next idle`,
        goal: '≤ 1.7× empty Next',
        met: later <= 1.7,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function afterStreams(): Promise<number> {
  const rig = await openRig([]);
  try {
    let left = STREAMS;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left > 0) {
          left -= 1;
          await call(rig.ours, SHORT);
        }
      }),
    );
    await sleep(IDLE_MS);
    return residentMB(rig.lab.pid);
  } finally {
    await rig.stop();
  }
}

function residentMB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kib) * 1024) / 1e6;
}
