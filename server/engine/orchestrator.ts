/**
 * The thin orchestrator: check → plan → pre hooks → apply → ready → lock → post hooks, over resources it knows only by their interface.
 * It owns the order; it never knows what a resource is.
 */
import type { Item, Lab } from '../schemas/lab.ts';
import type { Change, Progress, Resource } from './resource.ts';
import { changesForDown, changesForUp } from './plan.ts';

/** What a step says about itself beside its progress: an end other than `done`, and the hook run that it was. */
export interface StepMark {
  state?: 'skipped' | 'failed';
  hookRun?: { id: string; name: string };
}

/** Records one step of the running activity, with its progress, its time and its outcome. */
export type StepRunner = <T>(
  name: string,
  title: string,
  work: (report: (progress: Progress) => void, mark: (mark: StepMark) => void) => Promise<T>,
) => Promise<T>;

export interface Run {
  activityId: string;
  signal: AbortSignal;
  step: StepRunner;
}

export interface PlannedResource {
  resource: Resource;
  changes: Change[];
}

export interface UpOutcome {
  /** How many items were created or recreated; 0 when everything was as asked. */
  changed: number;
  /** Milliseconds from the request to the first token, as measured by the readiness probe. */
  firstTokenMs: number;
  /** What a post hook threw. The lab is up and locked all the same. */
  hookFailure?: unknown;
}

/** Waits until the model has really answered; resolves with the milliseconds of that first answer. */
export type ReadyProbe = (run: Run) => Promise<number>;

/** The hooks of one `up`, around what it makes. */
export interface UpHooks {
  /** Throws when the `up` must stop. Resolves with the resources made anew when a hook may have changed their files. */
  before(run: Run): Promise<readonly Resource[] | null>;
  /** Throws when a hook failed that the user wants to hear of; the lab stays up all the same. */
  after(run: Run): Promise<void>;
}

const NO_HOOKS: UpHooks = { before: async () => null, after: async () => undefined };

/** Takes down what was brought up, for the lock; the lab answers by then. */
export type LockStage = (resources: readonly Resource[], run: Run) => Promise<void>;

/** The changes `up` would make. Computing it changes nothing. */
export async function planUp(
  lab: Lab,
  resources: readonly Resource[],
  signal: AbortSignal,
): Promise<PlannedResource[]> {
  const plan: PlannedResource[] = [];
  for (const resource of resources) {
    const changes = changesForUp(resource.desired(lab), await resource.actual(signal));
    plan.push({ resource, changes });
  }
  return plan;
}

export async function up(
  lab: Lab,
  resources: readonly Resource[],
  ready: ReadyProbe,
  run: Run,
  hooks: UpHooks = NO_HOOKS,
  lock: LockStage = async () => undefined,
): Promise<UpOutcome> {
  const check = (from: readonly Resource[]) =>
    run.step('check', 'Check what is there', async () => {
      const planned = await planUp(lab, from, run.signal);
      for (const { resource, changes } of planned) await resource.check?.(lab, changes, run.signal);
      return planned;
    });
  const planned = await check(resources);
  const fresh = await hooks.before(run);
  const changed = await applyAll(fresh === null ? planned : await check(fresh), run);
  const firstTokenMs = await ready(run);
  await lock(fresh ?? resources, run);
  const made = { changed, firstTokenMs };
  return hooks.after(run).then(
    () => made,
    (hookFailure: unknown) => ({ ...made, hookFailure }),
  );
}

/** Removes what `down` removes, last first. Weights and tools stay. Returns how many items were removed. */
export async function down(lab: Lab, resources: readonly Resource[], run: Run): Promise<number> {
  const plan: PlannedResource[] = [];
  for (const resource of resources.toReversed()) {
    if (!resource.stopsOnDown) continue;
    plan.push({
      resource,
      changes: changesForDown(resource.desired(lab), await resource.actual(run.signal)),
    });
  }
  return applyAll(plan, run);
}

async function applyAll(plan: readonly PlannedResource[], run: Run): Promise<number> {
  let count = 0;
  for (const { resource, changes } of plan) {
    for (const batch of batches(resource, changes)) {
      run.signal.throwIfAborted();
      const [change] = batch;
      if (change === undefined) continue;
      await run.step(change.item.domain, batch.map(titleOf).join(' · '), (report) => {
        const context = { signal: run.signal, report };
        return batch.length > 1 && resource.applyAll !== undefined
          ? resource.applyAll(batch, context)
          : resource.apply(change, context);
      });
      count += batch.length;
    }
  }
  return count;
}

/** One after the other, but where a resource takes all at once. */
function batches(resource: Resource, changes: Change[]): Change[][] {
  return resource.applyAll === undefined ? changes.map((change) => [change]) : [changes];
}

const VERBS: Record<Item['domain'], Record<Change['kind'], string>> = {
  weights: { create: 'Fetch', recreate: 'Fetch again', remove: 'Remove' },
  package: { create: 'Install', recreate: 'Reinstall', remove: 'Remove' },
  service: { create: 'Start', recreate: 'Recreate', remove: 'Stop' },
  process: { create: 'Start', recreate: 'Restart', remove: 'Stop' },
};

function titleOf(change: Change): string {
  const verb = VERBS[change.item.domain][change.kind];
  return change.kind === 'recreate'
    ? `${verb} ${change.item.name} (${change.fields.join(', ')})`
    : `${verb} ${change.item.name}`;
}
