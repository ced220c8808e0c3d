/** The lock of a lab from its resources, which the collector knows by their interface only. */
import type { Lab } from '../schemas/lab.ts';
import type { LockEntry } from '../schemas/lock.ts';
import type { LockContext, Resource } from './resource.ts';

export async function collectEntries(
  lab: Lab,
  resources: readonly Resource[],
  context: LockContext,
): Promise<LockEntry[]> {
  const entries: LockEntry[] = [];
  for (const resource of resources) {
    context.signal.throwIfAborted();
    entries.push(...((await resource.lock?.(lab, context)) ?? []));
  }
  return entries;
}
