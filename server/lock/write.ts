/** The one writer of locks: always version 2, one order of keys, so that equal locks are equal bytes. */
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { LockDocument } from '../schemas/lock.ts';

/** A file that begins so ends with YAML's own mark for the end of a document: else it was cut off on its way. */
export const LOCK_HEAD = '# Lock of ailab-web. Its last line is three dots.';
export const LOCK_END = '...';

/**
 * Metadata and managers stand in the order of their names, as plonk writes them. Text that any reader of YAML 1.1 or 1.2 takes for text is quoted where it would not be: `"9.0"`.
 */
export function writeLock(document: LockDocument): string {
  const { version, packages, resources, ...unknown } = document;
  const plain = {
    version,
    packages: sorted(
      mapValues(packages, (list) =>
        list.map(({ name, installed_at, version, ...rest }) =>
          defined({ name, installed_at, version, ...rest }),
        ),
      ),
    ),
    resources: resources.map(({ type, id, state, metadata, installed_at, ...rest }) =>
      defined({ type, id, state, metadata: deepSorted(metadata), installed_at, ...rest }),
    ),
    ...unknown,
  };
  return `${LOCK_HEAD}\n${stringify(plain, { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false })}${LOCK_END}\n`;
}

export function lockSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function defined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function deepSorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepSorted);
  if (typeof value !== 'object' || value === null) return value;
  return sorted(mapValues(value as Record<string, unknown>, deepSorted));
}
