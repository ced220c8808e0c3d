/** What the running parts of the lab use, measured when asked and no oftener than every 5 s. Part of the composition root. */
import { availableParallelism, totalmem } from 'node:os';
import type { Home } from '../lib/home.ts';
import { createStackUsage } from '../resources/compose-stack/usage.ts';
import { createProcessUsage } from '../resources/embedded-runtime/usage.ts';
import type { LabUsage } from '../schemas/usage.ts';
import type { ResolvedLab } from './resolve-lab.ts';

export interface UsageParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  resolve(): Promise<ResolvedLab>;
}

/** A little under 5 s: who asks every 5 s gets a fresh one each time. */
const EVERY_MS = 4800;

const PATIENCE_MS = 10_000;

/** Callers share a measurement, so none of them can abort it; a failed one is not kept. */
export function createUsage({ home, env, resolve }: UsageParts) {
  const stack = createStackUsage(home, env);
  const embedded = createProcessUsage(home);
  let last: { at: number; measured: Promise<LabUsage> } | null = null;

  const measure = async (): Promise<LabUsage> => {
    const { lab } = await resolve();
    const items = await (lab.engine === 'docker' ? stack : embedded)(AbortSignal.timeout(PATIENCE_MS));
    return { at: Date.now(), items, threads: availableParallelism(), memoryTotalBytes: totalmem() };
  };

  return async (): Promise<LabUsage> => {
    const now = performance.now();
    if (last === null || now - last.at >= EVERY_MS) {
      const fresh = { at: now, measured: measure() };
      last = fresh;
      fresh.measured.catch(() => {
        if (last === fresh) last = null;
      });
    }
    return last.measured;
  };
}
