/** The plan as users see it: what the resources say, and this machine's disks and memory. Part of the composition root. */
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { invalidConfigError } from '../config/load.ts';
import { LabError, reportError, type ErrorReport } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import type { LabPlan, PlanDisk, PlanInput } from '../schemas/plan.ts';
import { dueHooks } from './hook-plan.ts';
import type { IgnoredDrift } from './ignored-drift.ts';
import { lookAhead, planDifferences, planSha, type Looked } from './lab-plan.ts';
import type { LockedUp } from './locked-up.ts';
import type { Run } from './orchestrator.ts';
import { planMemory } from './plan-memory.ts';
import type { Forecast } from './resource.ts';
import type { ResolvedLab } from './resolve-lab.ts';
import { createResources, type Program } from './resources.ts';
import { keepNewest } from '../lib/keep-newest.ts';

export interface PlanServiceParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
  ignored: IgnoredDrift;
  hooks: { demandConfirmed(): void };
  /** Decides the lab for this input, and remembers nothing of it. */
  resolve(input: PlanInput): Promise<ResolvedLab>;
  /** The lab of the lock; throws what forbids it. */
  openLocked(input: PlanInput, signal: AbortSignal): Promise<LockedUp>;
  /** The download rate measured last, in bytes per second; null before the first. */
  lastRate(): { rate: number; at: number } | null;
}

export interface PlanService {
  plan(input: PlanInput, signal: AbortSignal): Promise<LabPlan>;
  /** Throws `plan_changed` (409) when the plan of that sum is no longer the plan. */
  requireUnchanged(sha256: string, input: PlanInput): Promise<void>;
}

/** Plans that were looked at, so that it can be said what has changed since. */
const KEPT = 20;

export function createPlanService(parts: PlanServiceParts): PlanService {
  const { home, env, program, ignored } = parts;
  const seen = new Map<string, LabPlan>();

  async function plan(input: PlanInput, signal: AbortSignal): Promise<LabPlan> {
    const problems: ErrorReport[] = [];
    /** What an `up` would throw here is told instead. */
    const attempt = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        problems.push(reportError(error));
        return undefined;
      }
    };
    const locked = input.locked === true ? await attempt(() => parts.openLocked(input, signal)) : undefined;
    const resolved = locked?.resolved ?? (await parts.resolve(input));
    const { lab, config } = resolved;
    const resources = await createResources(
      { home, env, program, lab, starter: input.starter, ignored, lookOnly: true },
      signal,
    );
    // Without a valid file nobody knows what is asked for: then that is all there is to say.
    const invalid = config.problems.length > 0;
    const unknown = invalid || problems.length > 0;
    if (invalid) problems.push(reportError(invalidConfigError(config)));
    problems.push(...resolved.problems.map(reportError));
    const looked = unknown ? NOTHING : await lookAhead(lab, resources, signal);
    problems.push(...looked.problems);
    if (locked !== undefined) await attempt(() => locked.agreeBefore(resources, silentRun(signal)));
    if (!invalid) await attempt(() => parts.hooks.demandConfirmed());
    const forecasts = looked.forecasts;
    const downloads = forecasts.flatMap((one) => one.downloads ?? []);
    const known = downloads.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
    const measured = parts.lastRate();
    const made: Omit<LabPlan, 'sha256'> = {
      possible: problems.length === 0,
      changes: looked.items.filter(({ action }) => action === 'create' || action === 'recreate').length,
      project: lab.project,
      engine: lab.engine,
      engine_reason: lab.engineReason,
      profile: lab.profile,
      model: lab.weights.kind === 'none' ? null : lab.modelName,
      items: looked.items,
      downloads,
      download: {
        knownBytes: known,
        unknown: downloads.filter(({ bytes }) => bytes === null).length,
        rate: measured?.rate ?? null,
        measuredAt: measured?.at ?? null,
        seconds: measured === null || known === 0 ? null : known / measured.rate,
      },
      ports: forecasts.flatMap((one) => one.ports ?? []),
      disks: unknown ? [] : await disks(home, forecasts),
      memory: await planMemory({ home, env, lab, signal }, looked),
      hooks: unknown
        ? []
        : dueHooks(config.values, lab).map(({ phase, name, type }) => ({ phase, name, type })),
      problems,
    };
    const whole = { sha256: planSha(made), ...made };
    keepNewest(seen, whole.sha256, whole, KEPT);
    return whole;
  }

  return {
    plan,
    async requireUnchanged(sha256, input) {
      const before = seen.get(sha256);
      const now = await plan(input, AbortSignal.timeout(60_000));
      if (now.sha256 !== sha256) throw changed(before === undefined ? [] : planDifferences(before, now));
    },
  };
}

const NOTHING: Looked = { items: [], forecasts: [], problems: [] };

function changed(differences: readonly string[]): LabError {
  const what = differences.length === 0 ? '' : `: ${differences.join('; ')}`;
  return new LabError({
    code: 'plan_changed',
    message: `The plan has changed since you looked${what}. Nothing was done.`,
    fix: 'Look at the new plan, then apply it.',
    status: 409,
  });
}

/** For what is done in steps of an activity: a plan is none. */
function silentRun(signal: AbortSignal): Run {
  return { activityId: '', signal, step: (_name, _title, work) => work(ignore, ignore) };
}

const ignore = (): void => undefined;

/** One row for each disk; home and Docker often share one. */
async function disks(home: Home, forecasts: readonly Forecast[]): Promise<PlanDisk[]> {
  const writes = [
    { of: 'home' as const, folder: home.root, bytes: 0 },
    ...forecasts.flatMap((one) => one.writes ?? []),
  ];
  const rows = new Map<string, PlanDisk>();
  for (const { of, folder, bytes } of writes) {
    // Docker's folder may be one of its virtual machine: then what is here says nothing about it.
    const disk = await diskOf(folder, of !== 'docker');
    const key = disk?.device ?? folder;
    const row = rows.get(key) ?? {
      of: [],
      path: folder,
      freeBytes: disk?.free ?? null,
      needBytes: 0,
      afterBytes: null,
    };
    if (!row.of.includes(of)) row.of.push(of);
    row.needBytes = row.needBytes === null || bytes === null ? null : row.needBytes + bytes;
    rows.set(key, row);
  }
  return [...rows.values()].map((row) => ({
    ...row,
    afterBytes: row.freeBytes === null || row.needBytes === null ? null : row.freeBytes - row.needBytes,
  }));
}

/** The disk under the folder (`above`: or under the nearest one above it); null where it can't be looked at. */
async function diskOf(folder: string, above: boolean): Promise<{ device: string; free: number } | null> {
  try {
    const [{ dev }, { bavail, bsize }] = await Promise.all([stat(folder), statfs(folder)]);
    return { device: String(dev), free: bavail * bsize };
  } catch {
    return above && dirname(folder) !== folder ? diskOf(dirname(folder), above) : null;
  }
}
