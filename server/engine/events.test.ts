import { describe, expect, it } from 'vitest';
import type { Activity } from '../schemas/activity.ts';
import type { LiveEvent } from '../schemas/live.ts';
import { createEventBus, type LiveDelta } from './events.ts';

const change = (id: string, outcome: string): LiveDelta => ({
  type: 'activity',
  activity: {
    id,
    kind: 'up',
    state: 'running',
    startedBy: 'cli',
    startedAt: 0,
    endedAt: null,
    steps: [],
    error: null,
    outcome,
  } satisfies Activity,
});
const SNAPSHOT = { type: 'snapshot' } as unknown as LiveEvent;
const snapshot = async () => SNAPSHOT;
const outcomeOf = (event: LiveEvent | undefined) =>
  event?.type === 'activity' ? event.activity.outcome : event?.type;

async function take(stream: AsyncGenerator<{ id: string; event: LiveEvent }>, count: number) {
  const taken: { id: string; event: LiveEvent }[] = [];
  while (taken.length < count) {
    const next = await stream.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

describe('the event bus', () => {
  it('sends a snapshot first, then what follows it', async () => {
    const bus = createEventBus();
    const stream = bus.subscribe(undefined, snapshot, new AbortController().signal);
    const first = await stream.next();
    bus.publish(change('a', 'one'));
    const second = await stream.next();
    expect([first.value?.event.type, outcomeOf(second.value?.event)]).toEqual(['snapshot', 'one']);
    await stream.return(undefined);
    expect(bus.subscribers).toBe(0);
  });

  it('gives a slow reader the newest of each, not a queue', async () => {
    const bus = createEventBus();
    const stream = bus.subscribe(undefined, snapshot, new AbortController().signal);
    await stream.next();
    for (let at = 0; at < 100; at += 1) bus.publish(change('a', `a${at}`));
    bus.publish(change('b', 'b0'));
    expect((await take(stream, 2)).map(({ event }) => outcomeOf(event))).toEqual(['a99', 'b0']);
  });

  it('goes on after the last id that the client has', async () => {
    const bus = createEventBus();
    const stream = bus.subscribe(undefined, snapshot, new AbortController().signal);
    await stream.next();
    bus.publish(change('a', 'one'));
    const { id } = (await take(stream, 1))[0] ?? { id: '' };
    bus.publish(change('b', 'two'));
    const resumed = bus.subscribe(id, snapshot, new AbortController().signal);
    expect((await take(resumed, 1)).map(({ event }) => outcomeOf(event))).toEqual(['two']);
  });

  it.each(['', 'ffffffff-1', 'nonsense'])(
    'starts over from a snapshot when it does not know the id %s',
    async (id) => {
      const bus = createEventBus();
      bus.publish(change('a', 'one'));
      const stream = bus.subscribe(id, snapshot, new AbortController().signal);
      expect((await take(stream, 1))[0]?.event.type).toBe('snapshot');
    },
  );

  it('starts over when more was missed than is kept, and for a reader that fell far behind', async () => {
    const bus = createEventBus();
    const stream = bus.subscribe(undefined, snapshot, new AbortController().signal);
    const { id } = (await take(stream, 1))[0] ?? { id: '' };
    for (let at = 0; at < 300; at += 1) bus.publish(change(`a${at}`, 'x'));
    expect((await take(bus.subscribe(id, snapshot, new AbortController().signal), 1))[0]?.event.type).toBe(
      'snapshot',
    );
    expect((await take(stream, 1))[0]?.event.type).toBe('snapshot');
  });

  it('ends when it is told to', async () => {
    const bus = createEventBus();
    const abort = new AbortController();
    const stream = bus.subscribe(undefined, snapshot, abort.signal);
    await stream.next();
    const waiting = stream.next();
    abort.abort();
    expect((await waiting).done).toBe(true);
    expect(bus.subscribers).toBe(0);
  });
});
