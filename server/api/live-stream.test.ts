/** Held against tRPC's own adapter: whoever understands the one stream understands the other. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import { expect, it } from 'vitest';
import type { Caller, Engine } from '../engine/contract.ts';
import type { LiveEvent } from '../schemas/live.ts';
import { LIVE, streamLive } from './live-stream.ts';
import { appRouter } from './router.ts';

const CLI: Caller = { kind: 'cli' };
const CHATS: LiveEvent = { type: 'chats' };

type Events = (lastEventId: string | undefined) => AsyncGenerator<{ id: string; event: LiveEvent }>;

function visit(events: Events, { caller = CLI as Caller | null, query = '', headers = {} } = {}) {
  const response = Object.assign(new PassThrough(), { statusCode: 200, setHeader: () => response });
  const request = Object.assign(new PassThrough(), {
    method: 'GET',
    url: `/api/trpc/${LIVE}${query}`,
    headers,
  });
  const context = () => ({ engine: { events } as unknown as Engine, caller });
  const sides = [request as unknown as IncomingMessage, response as unknown as ServerResponse] as const;
  return {
    response,
    ours: () => streamLive(...sides, context),
    async trpc(): Promise<string> {
      void nodeHTTPRequestHandler({
        req: sides[0],
        res: sides[1],
        path: LIVE,
        router: appRouter,
        createContext: context,
      });
      // It ends each event with one empty line more.
      return (await text(response)).replaceAll('\n\n\n', '\n\n');
    },
  };
}

it.each<[string, Events]>([
  [
    'events and an end',
    async function* () {
      yield { id: 'a-1', event: CHATS };
      yield { id: 'a-2', event: CHATS };
    },
  ],
  [
    'an event and a failure',
    async function* () {
      yield { id: 'a-1', event: CHATS };
      throw new Error('the disk is gone');
    },
  ],
])("is tRPC's own stream, byte by byte: %s", async (_name, events) => {
  const { ours, response } = visit(events);
  const [written] = await Promise.all([text(response), ours()]);
  expect(written).toContain('data: {"type":"chats"}\nid: a-1\n\n');
  expect(written).toBe(await visit(events).trpc());
});

it('goes on after the event that the address or the header names, the header first', async () => {
  const seen: unknown[] = [];
  const events: Events = async function* (lastEventId) {
    seen.push(lastEventId);
  };
  const query = `?input=${encodeURIComponent('{"lastEventId":"a-1"}')}`;
  for (const headers of [{}, { 'last-event-id': 'a-2' }]) await visit(events, { query, headers }).ours();
  await visit(events).ours();
  expect(seen).toEqual(['a-1', 'a-2', undefined]);
});

it('writes nothing where the procedure refuses', async () => {
  const events: Events = async function* () {};
  const key: Caller = { kind: 'key', id: 'k', name: 'n' };
  for (const refused of [
    { caller: null },
    { caller: key },
    { query: '?input=%7B' },
    { query: '?input=[7]' },
  ]) {
    const { ours, response } = visit(events, refused);
    expect([await ours(), response.readableLength]).toEqual([false, 0]);
  }
});

it('makes an event text once for all, and anew where its number is another', async () => {
  let made = 0;
  const event = { type: 'chats', toJSON: () => (made += 1) } as unknown as LiveEvent;
  const events = (id: string): Events =>
    async function* () {
      yield { id, event };
    };
  for (const id of ['a-1', 'a-1', 'a-1', 'a-2']) await visit(events(id)).ours();
  expect(made).toBe(2);
});

it('waits for a browser that does not read, and lets go when it leaves', async () => {
  let asked = 0;
  let ended = false;
  const events: Events = async function* () {
    try {
      while (asked < 20_000) yield { id: `a-${(asked += 1)}`, event: CHATS };
    } finally {
      ended = true;
    }
  };
  const { ours, response } = visit(events);
  const done = ours();
  while (!response.writableNeedDrain) await new Promise(setImmediate);
  const before = asked;
  await new Promise(setImmediate);
  expect(asked).toBe(before);
  response.destroy();
  expect([await done, ended]).toEqual([true, true]);
});
