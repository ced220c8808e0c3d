/** How much memory this machine can still give, and how much a process holds. */
import { readFileSync } from 'node:fs';
import { availableMemory } from 'node:process';
import { totalmem } from 'node:os';

export interface Memory {
  /** Bytes that a new process can have without swapping: MemAvailable, or what the cgroup leaves. */
  available: number;
  total: number;
}

export function machineMemory(): Memory {
  return { available: Math.min(availableMemory(), totalmem()), total: totalmem() };
}

/** Resident bytes of a process, its mapped files included; null where the system does not tell. */
export function residentBytes(pid: number): number | null {
  try {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return line === undefined ? null : Number(line) * 1024;
  } catch {
    return null;
  }
}

/** Of those, the ones that only this process holds; mapped files are free memory already. */
export function privateBytes(pid: number): number | null {
  try {
    const line = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return line === undefined ? null : Number(line) * 1024;
  } catch {
    return null;
  }
}
