/** Ids that sort by the order in which this process made them, even when the clock steps back. */
import { randomBytes } from 'node:crypto';

let last = 0;

export function newId(now: number = Date.now()): string {
  last = Math.max(last + 1, now);
  return last.toString(36).padStart(9, '0') + randomBytes(6).toString('hex');
}
