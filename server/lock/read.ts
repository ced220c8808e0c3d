/** The one reader of locks: v1 and v2, from text to a document of version 2. Nothing is lost, nothing is guessed. */
import type * as z from 'zod';
import {
  LOCK_VERSION,
  lockDocument,
  PROCESS_ENTRY,
  processMetadata,
  STACK_ENTRY,
  stackMetadata,
  WEIGHTS_TYPE,
  weightsMetadata,
  type LockDocument,
  type LockEntry,
} from '../schemas/lock.ts';
import { withPackageResources } from './migrate.ts';
import { readYaml, type LockText } from './yaml.ts';

export interface ReadLock {
  document: LockDocument;
  /** It was a lock v1, and is one of version 2 now. */
  migrated: boolean;
}

/** Throws `lock_invalid` (with line and key) or `lock_version`. `name` is how the file is called in messages. */
export function readLock(text: string, name: string): ReadLock {
  const source = readYaml(text, name);
  const { value } = source;
  const version = versionOf(source);
  if (!Object.hasOwn(value, 'packages') && !Object.hasOwn(value, 'resources'))
    throw source.problemAt([], 'it is no lock: it has neither `packages` nor `resources`.');
  const parsed = lockDocument.safeParse({
    ...value,
    version: LOCK_VERSION,
    packages: value['packages'] ?? {},
    resources: value['resources'] ?? [],
  });
  if (!parsed.success) throw problemOf(source, parsed.error);
  if (version === 1) refuseCutPackages(parsed.data.packages, source);
  const resources = parsed.data.resources.map((entry, at) => withKnownMetadata(entry, at, source));
  refuseTwins(resources, source);
  return {
    document: withPackageResources({ ...parsed.data, resources }),
    migrated: version === 1,
  };
}

/** As plonk reads it: absent is 1. Any other than 1 and 2 is refused, whatever its type. */
function versionOf(source: LockText): 1 | 2 {
  const { version = 1 } = source.value;
  if (version === 1 || version === 2) return version;
  const told = JSON.stringify(version)?.slice(0, 40);
  const words = `there is no lock version ${told} that this ailab-web knows; it reads 1 and 2.`;
  throw source.problemAt(['version'], words, 'lock_version');
}

/** Plonk always writes all three: an entry without one was cut off. */
function refuseCutPackages(packages: LockDocument['packages'], source: LockText): void {
  for (const [manager, list] of Object.entries(packages))
    for (const [at, entry] of list.entries())
      for (const key of ['installed_at', 'version'] as const)
        if (entry[key] === undefined)
          throw source.problemAt(['packages', manager, at], `${key} is missing; the file may be cut off.`);
}

const KNOWN: readonly [type: string, id: string | null, metadata: z.ZodType<Record<string, unknown>>][] = [
  [STACK_ENTRY.type, STACK_ENTRY.id, stackMetadata],
  [PROCESS_ENTRY.type, PROCESS_ENTRY.id, processMetadata],
  [WEIGHTS_TYPE, null, weightsMetadata],
];

/** What we act upon is checked key by key; an entry of another tool is kept as it is. */
function withKnownMetadata(entry: LockEntry, at: number, source: LockText): LockEntry {
  const known = KNOWN.find(([type, id]) => entry.type === type && (id === null || entry.id === id));
  if (known === undefined) return entry;
  const parsed = known[2].safeParse(entry.metadata);
  if (parsed.success) return { ...entry, metadata: parsed.data };
  throw problemOf(source, parsed.error, ['resources', at, 'metadata']);
}

function refuseTwins(entries: readonly LockEntry[], source: LockText): void {
  const seen = new Set<string>();
  for (const [at, { type, id }] of entries.entries()) {
    const key = `${type} ${id}`;
    if (seen.has(key)) throw source.problemAt(['resources', at], `${key} is there twice.`);
    seen.add(key);
  }
}

function problemOf(source: LockText, error: z.ZodError, above: PropertyKey[] = []): Error {
  const [issue] = error.issues;
  return source.problemAt([...above, ...(issue?.path ?? [])], issue?.message ?? 'it has another shape.');
}
