/** Two sets of lock entries, field by field, each difference by name. Pure. */
import {
  EMBEDDINGS_ROLE,
  PACKAGE_TYPE,
  PROCESS_ENTRY,
  STACK_ENTRY,
  USED_BY_LAB,
  WEIGHTS_TYPE,
  type LockDifference,
  type LockEntry,
} from '../schemas/lock.ts';

export interface Compared {
  differences: LockDifference[];
  /** What was not compared, and why. */
  notes: string[];
}

/** Is it of a kind that a lab itself records? All else belongs to another tool and is only kept. */
export function isOfLab({ type, id, metadata }: LockEntry): boolean {
  if (type === WEIGHTS_TYPE) return true;
  if (type === PACKAGE_TYPE) return metadata['used_by'] === USED_BY_LAB;
  return [STACK_ENTRY, PROCESS_ENTRY].some((entry) => entry.type === type && entry.id === id);
}

/** Maps whose keys are data: a key that only one side has is a difference. Elsewhere it is a key of another tool. */
const MAPS = new Set(['flags', 'ports', 'services']);

/** A lab has one model to chat and one for embeddings: another id is a difference of the id, not one entry less and one more. */
const slotOf = (entry: LockEntry): string =>
  entry.type === WEIGHTS_TYPE ? labelOf(entry) : `${entry.type} ${entry.id}`;

function labelOf({ type, id, metadata }: LockEntry): string {
  if (type !== WEIGHTS_TYPE) return id;
  return metadata['role'] === EMBEDDINGS_ROLE ? `${WEIGHTS_TYPE} (${EMBEDDINGS_ROLE})` : WEIGHTS_TYPE;
}

export function compareEntries(locked: readonly LockEntry[], found: readonly LockEntry[]): Compared {
  const there = new Map(found.map((entry) => [slotOf(entry), entry]));
  const wanted = new Set(locked.map(slotOf));
  const parts = locked.map((entry) => compareEntry(entry, there.get(slotOf(entry))));
  const more = found.filter((entry) => !wanted.has(slotOf(entry)));
  return {
    differences: [
      ...parts.flatMap(({ differences }) => differences),
      ...more.map((entry) => ({ field: labelOf(entry), locked: null, found: entry.id })),
    ],
    notes: parts.flatMap(({ notes }) => notes),
  };
}

function compareEntry(locked: LockEntry, found: LockEntry | undefined): Compared {
  const label = labelOf(locked);
  if (found === undefined)
    return { differences: [{ field: label, locked: locked.id, found: null }], notes: [] };
  const { skipped, notes } = incomparable(locked, found, label);
  const a = flatten(locked.metadata);
  const b = flatten(found.metadata);
  const differences = [...new Set([...a.keys(), ...b.keys()])].flatMap((field): LockDifference[] => {
    const [here, there] = [a.get(field) ?? null, b.get(field) ?? null];
    const counts = b.has(field) || MAPS.has(field.split('.')[0] ?? '');
    if (!counts || same(field, here, there) || skipped.has(field)) return [];
    return [{ field: `${label}.${field}`, locked: here, found: there }];
  });
  const id = locked.id === found.id ? [] : [{ field: `${label}.id`, locked: locked.id, found: found.id }];
  return { differences: [...id, ...differences], notes };
}

/** Of an image, the digest is a field of its own: the same name with and without it is the same name. */
function same(field: string, here: string | null, there: string | null): boolean {
  if (!/^services\.[^.]+\.image$/.test(field)) return here === there;
  return here?.split('@')[0] === there?.split('@')[0];
}

function incomparable(locked: LockEntry, found: LockEntry, label: string) {
  const skipped = new Set<string>();
  const notes: string[] = [];
  const [a, b] = [locked.metadata, found.metadata];
  // The same bytes at another place are the same weights.
  if (locked.type === WEIGHTS_TYPE && a['sha256'] !== null && a['sha256'] === b['sha256'])
    skipped.add('path');
  if (typeof a['platform'] === 'string' && a['platform'] !== b['platform']) {
    for (const field of ['platform', 'sha256']) skipped.add(field);
    notes.push(
      `${label}: locked on ${a['platform']}, compared on ${String(b['platform'])} by its version; the binary is another one.`,
    );
  }
  return { skipped, notes };
}

/** Leaves by dotted path, as text; an empty map or list is a leaf too. */
function flatten(value: unknown, path = '', into = new Map<string, string | null>()) {
  if (typeof value !== 'object' || value === null) {
    if (value !== null && value !== undefined) into.set(path, String(value));
    return into;
  }
  for (const [key, inner] of Object.entries(value))
    flatten(inner, path === '' ? key : `${path}.${key}`, into);
  return into;
}
