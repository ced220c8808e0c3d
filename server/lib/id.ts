/** Ids that sort by the order in which this process made them, even when the clock steps back. */
import { randomUUID } from 'node:crypto';

let last = 0;

export function newId(now: number = Date.now()): string {
  last = Math.max(last + 1, now);
  // The first twelve digits of a UUID are all random, and node draws them in advance: ids are made at every request.
  return last.toString(36).padStart(9, '0') + randomUUID().replace('-', '').slice(0, 12);
}
