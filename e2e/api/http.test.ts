/** The API over HTTP as the built server answers it: heads, streams, and the limit of what it takes. */
import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLab, type Lab } from '../support/lab.ts';
import { credentials, login, ownPage } from '../support/login.ts';

let lab: Lab;
let proof: Record<string, string>;

beforeAll(async () => {
  lab = await startLab();
  proof = { ...credentials(await login(lab, lab.link)), ...ownPage(lab), host: `localhost:${lab.port}` };
});
afterAll(() => lab?.stop());

const input = (value: unknown) => `?input=${encodeURIComponent(JSON.stringify(value))}`;

/** Resolves with the head; the body is the caller's to read. */
function open(path: string, method = 'GET', body: Iterable<Buffer> = []): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...proof, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) };
    const target = { host: '127.0.0.1', port: lab.port, path: `/api/trpc/${path}`, method, headers };
    const outgoing = request({ ...target, agent: false }, resolve).on('error', reject);
    Readable.from(body).pipe(outgoing);
  });
}

/** Events with their ids, from the stream's own text. */
async function* eventsOf(stream: IncomingMessage): AsyncGenerator<{ id: string; type: string }> {
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + String(chunk)).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const [, type, id] = /^data: \{"type":"(\w+)".*\nid: (.+)$/.exec(part) ?? [];
      if (type !== undefined && id !== undefined) yield { id, type };
    }
  }
}

it.each([
  ['a query', 'access.keys', 200, 'application/json'],
  ['an error', `activity.get${input({ id: 'none' })}`, 404, 'application/json'],
  ['no procedure', 'no.such', 404, 'application/json'],
  ['the live events', 'live.events', 200, 'text/event-stream'],
  ['another stream', `logs.read${input({ service: 'model' })}`, 200, 'text/event-stream'],
])('has the security headers and is not stored: %s', async (_name, path, status, type) => {
  const { statusCode, headers, ...reply } = await open(path);
  reply.socket?.destroy();
  expect([statusCode, headers['content-type']]).toEqual([status, type]);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; frame-ancestors 'none';/);
  expect([headers['x-content-type-options'], headers['cache-control']]).toEqual([
    'nosniff',
    expect.stringContaining('no-store'),
  ]);
});

it('live events begin with a snapshot, and go on after the last one that was seen', async () => {
  const first = await open('live.events');
  const events = eventsOf(first);
  expect((await events.next()).value).toMatchObject({ type: 'snapshot' });
  await lab.api().config.set.mutate({ key: 'context_size', value: 2048 });
  const { value: seen } = await events.next();
  expect(seen).toMatchObject({ type: 'overview' });
  await lab.api().config.set.mutate({ key: 'context_size', value: 1024 });
  const { value: next } = await events.next();
  first.destroy();
  for (const last of [seen?.id, next?.id]) expect(last).toMatch(/^\w{8}-\d+$/);
  const again = await open(`live.events${input({ lastEventId: seen?.id })}`);
  expect((await eventsOf(again).next()).value).toEqual(next);
  again.destroy();
  const stranger = await open(`live.events${input({ lastEventId: '00000000-1' })}`);
  expect((await eventsOf(stranger).next()).value).toMatchObject({ type: 'snapshot' });
  stranger.destroy();
});

it('a body without an end is cut off, and the server goes on', async () => {
  const chunk = Buffer.alloc(2 ** 20, 'x');
  let sent = 0;
  function* endless(): Generator<Buffer> {
    while (sent < 400) {
      yield chunk;
      sent += 1;
    }
  }
  const reply = await open('config.checkText', 'POST', endless());
  expect([reply.statusCode, sent < 300]).toEqual([413, true]);
  reply.socket.destroy();
  expect((await fetch(`${lab.url}/healthz`)).status).toBe(200);
});
