/**
 * Events to the browsers. All of them are states (an overview, an activity), not increments, so a slow reader gets
 * the newest of each kind and never a growing queue.
 */
import { randomBytes } from 'node:crypto';
import type { LiveEvent } from '../schemas/live.ts';

export type LiveDelta = Exclude<LiveEvent, { type: 'snapshot' }>;

const RING_SIZE = 256;
const PENDING_MAX = 128;

interface Numbered {
  seq: number;
  event: LiveDelta;
}

export interface EventBus {
  publish(event: LiveDelta): void;
  /** A snapshot (or what was missed since `lastEventId`), then deltas until the signal. */
  subscribe(
    lastEventId: string | undefined,
    snapshot: () => Promise<LiveEvent>,
    signal: AbortSignal,
  ): AsyncGenerator<{ id: string; event: LiveEvent }>;
  readonly subscribers: number;
}

export function createEventBus(): EventBus {
  // Ids of an earlier server must not be taken for ours.
  const epoch = randomBytes(4).toString('hex');
  const ring: Numbered[] = [];
  const readers = new Set<(entry: Numbered) => void>();
  let seq = 0;

  const missedSince = (lastEventId: string | undefined): Numbered[] | undefined => {
    const [from, number] = lastEventId?.split('-') ?? [];
    const last = Number(number);
    if (from !== epoch || !Number.isInteger(last) || last > seq) return undefined;
    if (last < seq && (ring[0]?.seq ?? Infinity) > last + 1) return undefined;
    return ring.filter((entry) => entry.seq > last);
  };

  return {
    get subscribers() {
      return readers.size;
    },
    publish(event) {
      seq += 1;
      const entry = { seq, event };
      ring.push(entry);
      if (ring.length > RING_SIZE) ring.shift();
      for (const reader of readers) reader(entry);
    },
    async *subscribe(lastEventId, snapshot, signal) {
      const pending = new Map<string, Numbered>();
      let overflow = false;
      let wake: (() => void) | undefined;
      const reader = (entry: Numbered) => {
        const key = keyOf(entry.event);
        pending.delete(key);
        pending.set(key, entry);
        if (pending.size > PENDING_MAX) {
          pending.clear();
          overflow = true;
        }
        wake?.();
      };
      const onAbort = () => wake?.();
      // Subscribe first, then read: nothing falls between the snapshot and the first delta.
      readers.add(reader);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const missed = missedSince(lastEventId);
        if (missed === undefined) {
          const at = seq;
          yield { id: `${epoch}-${at}`, event: await snapshot() };
        } else {
          for (const entry of missed) {
            pending.delete(keyOf(entry.event));
            yield { id: `${epoch}-${entry.seq}`, event: entry.event };
          }
        }
        while (!signal.aborted) {
          if (overflow) {
            overflow = false;
            const at = seq;
            yield { id: `${epoch}-${at}`, event: await snapshot() };
            continue;
          }
          const next = pending.entries().next();
          if (next.done === true) {
            await new Promise<void>((resolve) => {
              wake = resolve;
              if (signal.aborted || pending.size > 0) resolve();
            });
            wake = undefined;
            continue;
          }
          pending.delete(next.value[0]);
          yield { id: `${epoch}-${next.value[1].seq}`, event: next.value[1].event };
        }
      } finally {
        readers.delete(reader);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

function keyOf(event: LiveDelta): string {
  if (event.type === 'activity') return `activity ${event.activity.id}`;
  if (event.type === 'request') return `request ${event.request.id}`;
  return event.type;
}
