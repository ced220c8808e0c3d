/** CPU and memory of the services' containers, from two samples of the engine's counters. */
import type { Home } from '../../lib/home.ts';
import type { ItemUsage } from '../../schemas/usage.ts';
import { serviceOf } from './actual.ts';
import { isDockerAway } from './docker-trouble.ts';
import { connectEngine, type EngineApi } from './engine-api.ts';
import type { ContainerStats, ContainerSummary } from './engine-types.ts';

export type Usage = Omit<ItemUsage, 'domain' | 'name'>;

interface Sample {
  stats: ContainerStats;
  at: number;
}

/** A rate over longer than this says nothing about now. */
const STALE_MS = 60_000;

/** Remembers the last sample of each container to tell the rate from; call it at the pace of the screen. */
export function createStackUsage(home: Home, env: NodeJS.ProcessEnv) {
  let last = new Map<string, Sample>();
  return async (signal: AbortSignal): Promise<ItemUsage[]> => {
    const engine = await connectEngine(env, signal);
    const running = (await engine.containers(home.project, signal)).filter(isRunningService);
    const samples = new Map<string, Sample>();
    const items = await Promise.all(
      running.map(async ({ Id, Labels }): Promise<ItemUsage> => {
        const stats = await statsOf(engine, Id, signal);
        const before = last.get(Id);
        const at = Date.now();
        if (stats !== null) samples.set(Id, { stats, at });
        const recent = before !== undefined && at - before.at < STALE_MS ? before.stats : undefined;
        const usage = stats === null ? nothingKnown : usageOf(stats, recent);
        return { domain: 'service', name: serviceOf(Labels) ?? '', ...usage };
      }),
    );
    last = samples;
    return items;
  };
}

const nothingKnown: Usage = { cores: null, memoryBytes: null, memoryLimitBytes: null };

/** A paused one is up too, and uses memory. */
function isRunningService({ State, Labels }: ContainerSummary): boolean {
  return (State === 'running' || State === 'paused') && serviceOf(Labels) !== null;
}

/** Null for one that ended meanwhile. */
async function statsOf(engine: EngineApi, id: string, signal: AbortSignal): Promise<ContainerStats | null> {
  try {
    return await engine.stats(id, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isDockerAway(error)) throw error;
    return null;
  }
}

export function usageOf(now: ContainerStats, before: ContainerStats | undefined): Usage {
  const { usage, limit, stats } = now.memory_stats;
  // cgroup 2 says inactive_file, cgroup 1 total_inactive_file: what `docker stats` takes off, too.
  const cache = stats?.['inactive_file'] ?? stats?.['total_inactive_file'] ?? 0;
  return {
    cores: before === undefined ? null : coresBetween(before, now),
    memoryBytes: usage === undefined ? null : Math.max(0, usage - cache),
    memoryLimitBytes: limit ?? null,
  };
}

function coresBetween(before: ContainerStats, now: ContainerStats): number | null {
  const own = now.cpu_stats.cpu_usage.total_usage - before.cpu_stats.cpu_usage.total_usage;
  const system = (now.cpu_stats.system_cpu_usage ?? 0) - (before.cpu_stats.system_cpu_usage ?? 0);
  if (system <= 0 || own < 0) return null;
  return (own / system) * (now.cpu_stats.online_cpus ?? 1);
}
