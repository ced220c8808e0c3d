/** CPU and memory of the model servers' processes: from /proc, or from ps where there is none. Windows: not known. */
import { readFileSync } from 'node:fs';
import { exec } from '../../lib/exec.ts';
import type { Home } from '../../lib/home.ts';
import { isAlive } from '../../lib/process-identity.ts';
import type { ItemUsage } from '../../schemas/usage.ts';
import { readRecord } from './record.ts';
import { slotsOf, type Slot } from './slot.ts';

interface Sample {
  /** Seconds of processor time since its start. */
  cpu: number;
  memoryBytes: number;
}

interface Timed {
  pid: number;
  cpu: number;
  at: number;
}

/** A rate over longer than this says nothing about now. */
const STALE_MS = 60_000;
const PS_MS = 3000;

/** Empty while no model server runs. Remembers the last sample to tell the rate from. */
export function createProcessUsage(home: Home, platform: NodeJS.Platform = process.platform) {
  const each = slotsOf(home).map((slot) => createSlotUsage(slot, platform));
  return async (signal: AbortSignal): Promise<ItemUsage[]> =>
    (await Promise.all(each.map((usage) => usage(signal)))).flat();
}

function createSlotUsage(slot: Slot, platform: NodeJS.Platform) {
  let last: Timed | null = null;
  return async (signal: AbortSignal): Promise<ItemUsage[]> => {
    const reading = readRecord(slot.record);
    const child = reading.kind === 'record' ? reading.record.child : null;
    if (child === null || !isAlive(child)) return [];
    const { pid } = child;
    const sample =
      platform === 'linux' ? fromProc(pid) : platform === 'win32' ? null : await fromPs(pid, signal);
    const at = performance.now();
    const before = last;
    last = sample === null ? null : { pid, cpu: sample.cpu, at };
    const comparable = sample !== null && before !== null && before.pid === pid && at - before.at < STALE_MS;
    return [
      {
        domain: 'process',
        name: slot.name,
        cores: comparable ? Math.max(0, (sample.cpu - before.cpu) / ((at - before.at) / 1000)) : null,
        memoryBytes: sample?.memoryBytes ?? null,
        memoryLimitBytes: null,
      },
    ];
  };
}

/** Clock ticks as the kernel shows them to programs (USER_HZ): 100 a second on every Linux that Node runs on. */
const TICKS = 100;

/** proc(5): utime and stime are the 14th and 15th field of `stat`; VmRSS in `status` is in KiB. */
function fromProc(pid: number): Sample | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      cpu: (Number(fields[11]) + Number(fields[12])) / TICKS,
      memoryBytes: Number(resident ?? 0) * 1024,
    };
  } catch {
    return null;
  }
}

async function fromPs(pid: number, signal: AbortSignal): Promise<Sample | null> {
  try {
    const { stdout } = await exec('ps', ['-o', 'time=,rss=', '-p', String(pid)], {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PS_MS)]),
    });
    return parsePs(stdout);
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** `[[days-]hours:]minutes:seconds` and KiB, as POSIX ps prints `time` and every ps prints `rss`. */
export function parsePs(text: string): Sample | null {
  const [, days, clock, kib] = /^\s*(?:(\d+)-)?([\d:.]+)\s+(\d+)\s*$/.exec(text) ?? [];
  if (clock === undefined || kib === undefined) return null;
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpu: Number(days ?? 0) * 86_400 + seconds, memoryBytes: Number(kib) * 1024 };
}
