/** The next lock from the last one and what was just brought up: what is ours is replaced, all else is kept. Pure. */
import {
  LOCK_VERSION,
  PACKAGE_TYPE,
  type LockDocument,
  type LockEntry,
  type LockPackage,
} from '../schemas/lock.ts';
import { isOfLab } from './compare.ts';
import { withPackageResources } from './migrate.ts';

const NOTHING: LockDocument = { version: LOCK_VERSION, packages: {}, resources: [] };

/** `now` is given to entries that changed; one that says the same as before keeps its time. */
export function nextLock(
  last: LockDocument | null,
  entries: readonly LockEntry[],
  now: string,
): LockDocument {
  const before = withPackageResources(last ?? NOTHING);
  const ours = entries.map((entry) => carryOver(before, entry, now));
  const foreign = before.resources.filter(
    (entry) => !isOfLab(entry) && !ours.some(({ type, id }) => type === entry.type && id === entry.id),
  );
  const packages = { ...before.packages };
  for (const entry of before.resources.filter(isPackageOfLab)) removePackage(packages, entry);
  for (const entry of ours.filter(isPackageOfLab)) addPackage(packages, entry);
  return { ...before, version: LOCK_VERSION, packages, resources: [...ours, ...foreign] };
}

const isPackageOfLab = (entry: LockEntry): boolean => entry.type === PACKAGE_TYPE && isOfLab(entry);

/** Keys that this version does not write were put there by somebody: they stay with their entry. */
function carryOver({ resources }: LockDocument, entry: LockEntry, now: string): LockEntry {
  const last = resources.find(({ type, id }) => type === entry.type && id === entry.id);
  if (last === undefined) return { ...entry, installed_at: now };
  const metadata = keepUnknown(last.metadata, entry.metadata);
  const same = last.installed_at !== undefined && equal(metadata, last.metadata);
  return { ...last, ...entry, metadata, installed_at: same ? last.installed_at : now };
}

/** In these maps the keys are data: one that is not there any more is gone. */
const DATA = new Set(['flags', 'ports', 'services']);

function keepUnknown(last: unknown, next: Record<string, unknown>, ofData = false): Record<string, unknown> {
  if (!isRecord(last)) return next;
  const merged = Object.fromEntries(
    Object.entries(next).map(([key, value]) => [
      key,
      isRecord(value) ? keepUnknown(last[key], value, DATA.has(key)) : value,
    ]),
  );
  const unknown = ofData ? [] : Object.entries(last).filter(([key]) => !Object.hasOwn(next, key));
  return { ...merged, ...Object.fromEntries(unknown) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const equal = (a: unknown, b: unknown): boolean => sortedJson(a) === sortedJson(b);

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function split({ id }: LockEntry): [manager: string, name: string] {
  const at = id.indexOf(':');
  return [id.slice(0, at), id.slice(at + 1)];
}

function removePackage(packages: Record<string, LockPackage[]>, entry: LockEntry): void {
  const [manager, name] = split(entry);
  const left = (packages[manager] ?? []).filter((other) => other.name !== name);
  if (left.length === 0) delete packages[manager];
  else packages[manager] = left;
}

function addPackage(packages: Record<string, LockPackage[]>, entry: LockEntry): void {
  const [manager, name] = split(entry);
  const { version } = entry.metadata;
  const added: LockPackage = {
    name,
    ...(entry.installed_at === undefined ? {} : { installed_at: entry.installed_at }),
    ...(typeof version === 'string' ? { version } : {}),
  };
  packages[manager] = [...(packages[manager] ?? []), added];
}
