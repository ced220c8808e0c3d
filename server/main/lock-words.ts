/** What the lock's commands print. */
import { summarize } from '../lock/words.ts';
import { harmless } from '../lib/harmless.ts';
import type { LockDifference, LockImport, LockShown, LockVerdict } from '../schemas/lock.ts';
import { noLock } from '../services/locks.ts';
import { columns } from './print.ts';

export function requireLock(lock: LockShown | null): LockShown {
  if (lock === null) throw noLock();
  return lock;
}

const ORIGINS = { up: 'written by an `up`', import: 'imported' } as const;

export function lockTable(lock: LockShown): string {
  const at = new Date(lock.createdAt).toISOString();
  return [
    `Lock ${lock.sha256}`,
    `${ORIGINS[lock.origin]} on ${at}`,
    '',
    ...summarize(lock.document).map(harmless),
  ].join('\n');
}

export function importWords(done: LockImport): string {
  const short = done.sha256.slice(0, 12);
  if (!done.changed) return `Nothing was changed: the lock is ${short} already.`;
  return [
    ...(done.migrated ? ['Migrated the lock from v1 to v2.'] : []),
    done.startable
      ? `The lock is ${short} now. \`ailab-web up --locked\` brings up exactly this:`
      : `The lock is ${short} now. It holds no lab; the next \`ailab-web up\` adds it. It says:`,
    ...done.summary.map((line) => `  ${harmless(line)}`),
    ...(done.differences.length === 0
      ? []
      : ['Changed against the lock before:', ...differenceTable(done.differences, 'BEFORE', 'NOW')]),
  ].join('\n');
}

export function verdictTable({ sha256, clean, differences, notes }: LockVerdict): string {
  const head = clean
    ? `Clean: everything is as locked (${sha256.slice(0, 12)}).`
    : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'} from the lock ${sha256.slice(0, 12)}:`;
  return [
    head,
    ...(clean ? [] : differenceTable(differences, 'LOCKED', 'FOUND')),
    ...notes.map((note) => `Note: ${harmless(note)}`),
  ].join('\n');
}

function differenceTable(differences: readonly LockDifference[], before: string, after: string): string[] {
  const rows = differences.map(({ field, locked, found }) =>
    [field, locked ?? '(absent)', found ?? '(absent)'].map(harmless),
  );
  return columns(['FIELD', before, after], rows);
}
