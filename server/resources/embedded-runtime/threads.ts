/** How many threads the model server gets: the physical cores that we may use. More of them make it spin. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

let known: number | undefined;

export function physicalCores(): number {
  return (known ??= countCores());
}

function countCores(): number {
  const logical = availableParallelism();
  const physical = process.platform === 'linux' ? linuxCores(readText) : macCores();
  // Node counts the affinity mask and the control group's CPU quota into `logical`.
  return Math.max(1, Math.min(physical ?? Math.ceil(logical / 2), logical));
}

/** Distinct sibling lists of the CPUs we may run on; undefined where the kernel does not tell. */
export function linuxCores(read: (path: string) => string | undefined): number | undefined {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status') ?? '')?.[1];
  if (allowed === undefined) return undefined;
  const cores = new Set<string>();
  for (const cpu of parseCpuList(allowed)) {
    const siblings = read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`)?.trim();
    if (siblings === undefined || siblings === '') return undefined;
    cores.add(siblings);
  }
  return cores.size === 0 ? undefined : cores.size;
}

/** `0-3,8` as the kernel writes it. */
export function parseCpuList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number);
    if (from === undefined || to === undefined || !Number.isInteger(from) || !Number.isInteger(to)) return [];
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

/** Apple's performance cores, where there are two kinds; the efficiency cores slow the others down. */
function macCores(): number | undefined {
  if (process.platform !== 'darwin') return undefined;
  for (const name of ['hw.perflevel0.physicalcpu', 'hw.physicalcpu']) {
    const count = Number.parseInt(sysctl(name), 10);
    if (count > 0) return count;
  }
  return undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function sysctl(name: string): string {
  try {
    return execFileSync('sysctl', ['-n', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}
