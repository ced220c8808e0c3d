/** What runs, held against what a locked lab asks for; by the names that the lock has for it. */
import { isLabError } from '../lib/errors.ts';
import type { Item, Lab } from '../schemas/lab.ts';
import { EMBEDDINGS_PROCESS } from '../schemas/model-server.ts';
import { PROCESS_ENTRY, STACK_ENTRY, WEIGHTS_TYPE, type LockDifference } from '../schemas/lock.ts';
import { itemKey } from './plan.ts';
import type { Resource } from './resource.ts';

/** Drift that the user lets be is a difference too. What can't be looked at is `unknown`, not missing. */
export async function runningDifferences(
  lab: Lab,
  resource: Resource,
  signal: AbortSignal,
): Promise<LockDifference[]> {
  const desired = resource.desired(lab);
  let actual: Item[];
  try {
    actual = await resource.actual(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isLabError(error)) throw error;
    return desired.map((item) => ({
      field: labelOf(item),
      locked: 'managed',
      found: `unknown: ${error.message}`,
    }));
  }
  const present = new Map(actual.map((item) => [itemKey(item), item]));
  return desired.flatMap((item) => {
    const found = present.get(itemKey(item));
    if (found === undefined) return [{ field: labelOf(item), locked: 'managed', found: 'missing' }];
    const sick = ['exited', 'unhealthy'].includes(found.health ?? '');
    return [
      ...(sick ? [{ field: labelOf(item), locked: 'managed', found: found.health ?? null }] : []),
      ...driftOf(item, found),
    ];
  });
}

function driftOf(desired: Item, found: Item): LockDifference[] {
  return Object.entries(desired.meta).flatMap(([name, value]) => {
    const there = found.meta[name];
    if (there === undefined || there === value) return [];
    return [
      { field: `${labelOf(desired)}.${IN_LOCK[name] ?? name}`, locked: String(value), found: String(there) },
    ];
  });
}

/** Where the lock keeps what an item calls by its own name. */
const IN_LOCK: Readonly<Record<string, string>> = {
  context_size: 'flags.context_size',
  threads: 'flags.threads',
  port: 'ports.model',
};

function labelOf({ domain, manager, name }: Item): string {
  switch (domain) {
    case 'weights':
      return WEIGHTS_TYPE;
    case 'package':
      return `${manager ?? ''}:${name}`;
    case 'process':
      return name === EMBEDDINGS_PROCESS ? name : PROCESS_ENTRY.id;
    case 'service':
      return `${STACK_ENTRY.id}.services.${name}`;
  }
}
