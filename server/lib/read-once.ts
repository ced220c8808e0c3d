/** Small files that are looked at every second, and read anew only when they are others. */
import { readFileSync, statSync } from 'node:fs';
import { keepNewest } from './keep-newest.ts';

const MOST_KEPT = 64;
/** A file that was written to so lately could be written to again without its time telling. */
const SETTLED_MS = 100;

const kept = new Map<string, { identity: string; text: string }>();

/**
 * What tells a file or folder from another one of its path: size, times and inode, looked at now; '' where there is
 * none. Null while it was changed so lately that this proves nothing. Throws as `statSync` does otherwise.
 */
export function identityOf(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return '';
  const { size, mtimeNs, ctimeNs, ino } = stats;
  if (Date.now() - Number(ctimeNs / 1_000_000n) < SETTLED_MS) return null;
  return `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
}

/** As `readFileSync(path, 'utf8')`, errors included. */
export function readOnce(path: string): string {
  const identity = identityOf(path);
  const known = kept.get(path);
  if (known !== undefined && known.identity === identity) return known.text;
  const text = readFileSync(path, 'utf8');
  kept.delete(path);
  if (identity === null || identity === '') return text;
  keepNewest(kept, path, { identity, text }, MOST_KEPT);
  return text;
}
