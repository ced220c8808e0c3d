/** Reconciliation, pure: desired × actual, recomputed from the truth every time. No I/O. */
import type { Item, StatusItem } from '../schemas/lab.ts';
import type { Change } from './resource.ts';

export function itemKey(item: Pick<Item, 'domain' | 'manager' | 'name'>): string {
  return `${item.domain}\u0000${item.manager ?? ''}\u0000${item.name}`;
}

/** Every desired item in its order (managed or missing), then what is there beside them (untracked). */
export function reconcile(desired: readonly Item[], actual: readonly Item[]): StatusItem[] {
  const present = new Map(actual.map((item) => [itemKey(item), item]));
  const wanted = new Set(desired.map(itemKey));
  const items = desired.map((item) => {
    const found = present.get(itemKey(item));
    return found === undefined ? toStatus(item, 'missing') : managed(item, found);
  });
  const extra = [...present]
    .filter(([key]) => !wanted.has(key))
    .map(([, item]) => toStatus(item, 'untracked'));
  return [...items, ...extra];
}

function managed(desired: Item, actual: Item): StatusItem {
  const fields = drift(desired, actual);
  const other = differing(desired, actual);
  const ignored = other.filter((field) => !fields.includes(field));
  const meta = {
    ...desired.meta,
    ...actual.meta,
    // Beside what runs, so that both can be told.
    ...Object.fromEntries(other.map((field) => [`asked_${field}`, desired.meta[field] ?? null])),
    ...(ignored.length === 0 ? {} : { drift_ignored: ignored.join(', ') }),
  };
  const item = toStatus({ ...desired, ...actual, meta }, 'managed');
  return fields.length === 0 ? item : { ...item, drift: fields };
}

/** The desired facts that differ from the actual ones, but for those which the user lets be. */
export function drift(desired: Item, actual: Item): string[] {
  return differing(desired, actual).filter((field) => actual.ignored?.includes(field) !== true);
}

/** A fact that the probe doesn't know is no difference. */
function differing(desired: Item, actual: Item): string[] {
  return Object.entries(desired.meta)
    .filter(([field, value]) => actual.meta[field] !== undefined && actual.meta[field] !== value)
    .map(([field]) => field);
}

function toStatus(item: Item, state: StatusItem['state']): StatusItem {
  return {
    name: item.name,
    domain: item.domain,
    ...(item.manager === undefined ? {} : { manager: item.manager }),
    state,
    ...(item.health === undefined || state === 'missing' ? {} : { health: item.health }),
    ...(item.path === undefined ? {} : { path: item.path }),
    ...(item.error === undefined ? {} : { error: item.error }),
    meta: item.meta,
  };
}

/** What `up` would do: create what is missing, recreate what drifted or has exited, leave the rest alone. */
export function changesForUp<T extends Item>(desired: readonly T[], actual: readonly T[]): Change<T>[] {
  const present = new Map(actual.map((item) => [itemKey(item), item]));
  return desired.flatMap((item): Change<T>[] => {
    const found = present.get(itemKey(item));
    if (found === undefined) return [{ kind: 'create', item }];
    const fields = found.health === 'exited' ? ['health', ...drift(item, found)] : drift(item, found);
    return fields.length === 0 ? [] : [{ kind: 'recreate', item, fields }];
  });
}

/** What `down` would do: remove what is there and ours. Untracked things are never touched. */
export function changesForDown<T extends Item>(desired: readonly T[], actual: readonly T[]): Change<T>[] {
  const wanted = new Set(desired.map(itemKey));
  return actual
    .filter((item) => wanted.has(itemKey(item)))
    .map((item): Change<T> => ({ kind: 'remove', item }));
}
