/** The status of a lab from its resources: DESIGN §4, in that order of keys. */
import { DOMAINS, type Item, type Lab, type LabStatus, type StatusItem } from '../schemas/lab.ts';
import type { LoadedConfig } from '../config/load.ts';
import { isLabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { causeChain } from '../lib/log.ts';
import { reconcile } from './plan.ts';
import type { Resource } from './resource.ts';

/** Reconciles every resource. A probe that fails is an error on its items and health `unknown`, never "missing". */
export async function observe(
  lab: Lab,
  resources: readonly Resource[],
  signal: AbortSignal,
): Promise<StatusItem[]> {
  const groups = await Promise.all(
    resources.map(async (resource) => {
      const desired = resource.desired(lab);
      try {
        return reconcile(desired, await resource.actual(signal));
      } catch (error) {
        signal.throwIfAborted();
        return desired.map((item) => unknownItem(item, error));
      }
    }),
  );
  return groups.flat();
}

function unknownItem(item: Item, error: unknown): StatusItem {
  const { health: _health, ...rest } = item;
  const why = isLabError(error)
    ? `${error.message} ${error.fix}`
    : `It could not be looked at: ${causeChain(error)}`;
  return { ...rest, state: 'managed', health: 'unknown', error: why };
}

export function toStatus(
  home: Home,
  { config, lab }: { config: LoadedConfig; lab: Lab },
  items: readonly StatusItem[],
  lockExists: boolean,
): LabStatus {
  const of = (state: StatusItem['state']) => items.filter((item) => item.state === state).map(ordered);
  const groups = {
    managed: of('managed'),
    missing: of('missing'),
    untracked: of('untracked'),
    degraded: of('degraded'),
  };
  return {
    config_path: home.config,
    lock_path: home.database,
    config_exists: config.exists,
    config_valid: config.problems.length === 0,
    lock_exists: lockExists,
    project: home.project,
    engine: lab.engine,
    profile: lab.profile,
    summary: {
      total_managed: groups.managed.length,
      total_missing: groups.missing.length,
      total_untracked: groups.untracked.length,
      total_degraded: groups.degraded.length,
      domains: DOMAINS.map((domain) => {
        const count = (list: StatusItem[]) => list.filter((item) => item.domain === domain).length;
        return {
          domain,
          managed_count: count(groups.managed),
          missing_count: count(groups.missing),
          untracked_count: count(groups.untracked),
          degraded_count: count(groups.degraded),
        };
      }),
    },
    managed_items: groups.managed,
    missing_items: groups.missing,
    untracked_items: groups.untracked,
    degraded_items: groups.degraded,
  };
}

/** One order of keys, whatever order a resource made them in. */
function ordered(item: StatusItem): StatusItem {
  const { name, domain, manager, state, health, path, error, drift, meta } = item;
  return {
    name,
    domain,
    ...(manager === undefined ? {} : { manager }),
    state,
    ...(health === undefined ? {} : { health }),
    ...(path === undefined ? {} : { path }),
    ...(error === undefined ? {} : { error }),
    ...(drift === undefined ? {} : { drift }),
    meta,
  };
}
