/** A small file's text, read anew only when the file is another one: for what is looked at every second. */
import { readFileSync, statSync } from 'node:fs';

const MOST_KEPT = 64;
/** A file that was written to so lately could be written to again without its time telling. */
const SETTLED_MS = 100;

const kept = new Map<string, { identity: string; text: string }>();

/** As `readFileSync(path, 'utf8')`, errors included. Size, times and inode are looked at every time. */
export function readOnce(path: string): string {
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
  const identity = `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
  const known = kept.get(path);
  if (known?.identity === identity) return known.text;
  const text = readFileSync(path, 'utf8');
  kept.delete(path);
  if (Date.now() - Number(ctimeNs / 1_000_000n) < SETTLED_MS) return text;
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(path, { identity, text });
  return text;
}
