/**
 * What Linux tells about memory: the kernel's count of out-of-memory kills (of our control group and of the whole
 * machine) and what is still available. Elsewhere nothing is known, and nothing is claimed.
 */
import { readFileSync } from 'node:fs';

export interface MemoryReading {
  /** Out-of-memory kills so far; null where the kernel does not count them. */
  oomKills: number | null;
  availableBytes: number;
  totalBytes: number;
}

export type ReadText = (path: string) => string | undefined;

export function readMemory(read: ReadText = readProc): MemoryReading | undefined {
  const meminfo = read('/proc/meminfo');
  if (meminfo === undefined) return undefined;
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0);
  const counts = [
    counter(read('/proc/vmstat'), 'oom_kill'),
    counter(read(`${controlGroup(read)}/memory.events`), 'oom_kill'),
  ].filter((count) => count !== undefined);
  return {
    oomKills: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0),
    availableBytes: kib('MemAvailable') * 1024,
    totalBytes: kib('MemTotal') * 1024,
  };
}

/** cgroup v2 (`0::/path`); the older layout has no kill counter per group worth reading. */
function controlGroup(read: ReadText): string {
  const path = /^0::(.*)$/m.exec(read('/proc/self/cgroup') ?? '')?.[1] ?? '/';
  return `/sys/fs/cgroup${path === '/' ? '' : path}`;
}

function counter(text: string | undefined, name: string): number | undefined {
  const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(text ?? '')?.[1];
  return value === undefined ? undefined : Number(value);
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
