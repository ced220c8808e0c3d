/** CPU and memory of containers, from two samples of the engine's counters. */
import type { EngineApi } from './engine-api.ts';
import type { ContainerStats } from './engine-types.ts';

export interface Usage {
  /** Of one core: 1 is one core busy. Null until there are two samples. */
  cores: number | null;
  /** Bytes in use, without the page cache that the kernel takes back when needed. */
  memory: number | null;
  /** Bytes; null when there is none. */
  memoryLimit: number | null;
}

/** Keeps the last sample of each container to tell the rate from; call it at the pace of the screen. */
export function createUsageReader(engine: EngineApi) {
  const last = new Map<string, ContainerStats>();
  return async (ids: readonly string[], signal: AbortSignal): Promise<Map<string, Usage>> => {
    const usage = new Map<string, Usage>();
    await Promise.all(
      ids.map(async (id) => {
        const stats = await engine.stats(id, signal);
        usage.set(id, usageOf(stats, last.get(id)));
        last.set(id, stats);
      }),
    );
    for (const id of last.keys()) if (!ids.includes(id)) last.delete(id);
    return usage;
  };
}

export function usageOf(now: ContainerStats, before: ContainerStats | undefined): Usage {
  const { usage, limit, stats } = now.memory_stats;
  // cgroup 2 says inactive_file, cgroup 1 total_inactive_file: what `docker stats` takes off, too.
  const cache = stats?.['inactive_file'] ?? stats?.['total_inactive_file'] ?? 0;
  return {
    cores: before === undefined ? null : coresBetween(before, now),
    memory: usage === undefined ? null : Math.max(0, usage - cache),
    memoryLimit: limit ?? null,
  };
}

function coresBetween(before: ContainerStats, now: ContainerStats): number | null {
  const own = now.cpu_stats.cpu_usage.total_usage - before.cpu_stats.cpu_usage.total_usage;
  const system = (now.cpu_stats.system_cpu_usage ?? 0) - (before.cpu_stats.system_cpu_usage ?? 0);
  if (system <= 0 || own < 0) return null;
  return (own / system) * (now.cpu_stats.online_cpus ?? 1);
}
