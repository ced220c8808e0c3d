import { request as httpRequest, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../server/engine/contract.ts';
import type { LedgerRow } from '../../server/schemas/metrics.ts';
import type { ReplyEnd } from '../../server/services/chats.ts';
import type { Endpoint } from '../../server/gateway/forward.ts';
import { createGateway } from '../../server/gateway/gateway.ts';
import { listenOn } from './listen-on.ts';

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const word = (content: string) => event({ choices: [{ delta: { content } }] });
const FINISH = event({
  choices: [{ delta: {}, finish_reason: 'stop' }],
  timings: { prompt_n: 5, cache_n: 1, predicted_n: 2, predicted_ms: 10, predicted_per_second: 200 },
});
const DONE = 'data: [DONE]\n\n';

const servers: Server[] = [];
let runtime: RequestListener;
let endpoint: Endpoint | null;
let caller: Caller | null;
let rows: LedgerRow[];
let replies: (ReplyEnd & { id: string })[];
let base: string;
/** Resolves when a request of the runtime was closed by its client. */
let runtimeLeft: Promise<void>;

const listen = (listener: RequestListener) => listenOn(servers, listener);

beforeEach(async () => {
  rows = [];
  replies = [];
  caller = { kind: 'cli' };
  let left: () => void;
  runtimeLeft = new Promise((resolve) => (left = resolve));
  const baseUrl = await listen((request, response) => {
    response.once('close', () => left());
    runtime(request, response);
  });
  endpoint = { baseUrl, apiKey: 'runtime-key', modelName: 'smol', health: 'healthy', startedAt: 1000 };
  const handle = createGateway({
    endpoint: () => endpoint,
    identify: () => caller,
    begin: () => () => null,
    record: (row) => rows.push(row),
    wellEveryMs: 20,
    replies: {
      awaits: (id) => id === 'waiting',
      begin: () => () => undefined,
      end: (id, end) => replies.push({ id, ...end }),
    },
  });
  base = await listen((request, response) => handle(request, response, request.url ?? ''));
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const CHAT = { model: 'default', messages: [{ role: 'user', content: 'Hello' }] };
const post = (body: unknown, headers: Record<string, string> = {}, path = '/v1/chat/completions') =>
  fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe('a reply', () => {
  it('passes through untouched, streamed, and is metered', async () => {
    let seen = { body: '', authorization: '', cookie: '' };
    runtime = async (request, response) => {
      seen = {
        body: await bodyOf(request),
        authorization: request.headers.authorization ?? '',
        cookie: request.headers.cookie ?? '',
      };
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'access-control-allow-origin': '*',
        'set-cookie': 'x=1',
      });
      response.end(word('Hi') + FINISH + DONE);
    };
    const body = '{"model":"default",  "stream":true, "messages":[]}';
    const reply = await post(body, { cookie: 'ailab_3000=secret' });
    expect(await reply.text()).toBe(word('Hi') + FINISH + DONE);
    expect(seen).toEqual({ body, authorization: 'Bearer runtime-key', cookie: '' });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
    expect(reply.headers.get('set-cookie')).toBeNull();
    expect(rows).toMatchObject([
      {
        outcome: 'ok',
        status: 200,
        model: 'smol',
        caller: 'cli',
        streamed: true,
        promptTokens: 6,
        cachedTokens: 1,
        completionTokens: 2,
        tokensPerSecond: 200,
        route: '/v1/chat/completions',
      },
    ]);
    expect(rows[0]?.ttftMs).toBeGreaterThan(0);
  });

  it('passes whole too, with its usage', async () => {
    runtime = (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }));
    };
    const reply = await post(CHAT, {}, '/v1/completions');
    expect(await reply.json()).toEqual({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } });
    expect(rows).toMatchObject([
      { outcome: 'ok', streamed: false, promptTokens: 3, completionTokens: 4, route: '/v1/completions' },
    ]);
  });

  it("of the browser's chat is kept with its conversation", async () => {
    caller = { kind: 'login', id: 'l' };
    runtime = (_request, response) => response.end(word('Hi ') + word('there') + FINISH + DONE);
    await (await post({ ...CHAT, stream: true }, { 'x-ailab-message': 'waiting' })).text();
    expect(replies).toMatchObject([
      { id: 'waiting', content: 'Hi there', state: 'done', model: 'smol', metrics: { completionTokens: 2 } },
    ]);
  });

  it("of a program can't be put into a conversation", async () => {
    caller = { kind: 'key', id: 'k', name: 'editor' };
    runtime = (_request, response) => response.end(word('Hi') + DONE);
    await (await post({ ...CHAT, stream: true }, { 'x-ailab-message': 'waiting' })).text();
    expect([replies, rows[0]?.caller]).toEqual([[], 'key: editor']);
  });
});

describe('a connection to the runtime', () => {
  it('is used again, unless the runtime says that it closes it', async () => {
    const ports: (number | undefined)[] = [];
    runtime = (request, response) => {
      ports.push(request.socket.remotePort);
      if (ports.length === 2) response.setHeader('connection', 'close');
      response.end('{}');
    };
    for (let at = 0; at < 3; at += 1) await (await post(CHAT)).text();
    expect([ports[0] === ports[1], ports[1] === ports[2]]).toEqual([true, false]);
  });
});

describe('a client that goes away', () => {
  it("stops the runtime's work", async () => {
    runtime = (_request, response) => void response.write(word('Once'));
    const abort = new AbortController();
    const reply = await fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...CHAT, stream: true }),
      signal: abort.signal,
    });
    await reply.body?.getReader().read();
    abort.abort();
    await runtimeLeft;
    expect(rows).toMatchObject([{ outcome: 'cancelled', status: 499 }]);
  });

  it('is noticed before the first token as well', async () => {
    let arrived: () => void;
    const working = new Promise<void>((resolve) => (arrived = resolve));
    runtime = () => arrived();
    const client = httpRequest(`${base}/v1/chat/completions`, { method: 'POST' }).on(
      'error',
      () => undefined,
    );
    client.end(JSON.stringify(CHAT));
    await working;
    client.destroy();
    await runtimeLeft;
    expect(rows).toMatchObject([{ outcome: 'cancelled', ttftMs: null }]);
  });
});

describe("an error is in OpenAI's shape", () => {
  const errorOf = async (reply: Response) =>
    ((await reply.json()) as { error: { code: string; message: string; type: string } }).error;

  it.each([
    ['no caller', () => (caller = null), CHAT, 401, 'invalid_api_key'],
    ['no runtime', () => (endpoint = null), CHAT, 503, 'model_not_running'],
    ['loading', () => endpoint && (endpoint.health = 'starting'), CHAT, 503, 'model_not_ready'],
    ['unhealthy', () => endpoint && (endpoint.health = 'unhealthy'), CHAT, 503, 'model_not_ready'],
    ['another model', () => undefined, { ...CHAT, model: 'gpt-4' }, 404, 'model_not_found'],
    [
      'a model that is a URL',
      () => undefined,
      { ...CHAT, model: 'http://127.0.0.1:9/x' },
      404,
      'model_not_found',
    ],
    ['no JSON', () => undefined, '{', 400, 'invalid_request'],
    ['a list', () => undefined, [], 400, 'invalid_request'],
    ['a model that is a number', () => undefined, { ...CHAT, model: 7 }, 400, 'invalid_request'],
  ])('%s', async (_name, arrange, body, status, code) => {
    runtime = (_request, response) => response.end('{}');
    arrange();
    const reply = await post(body);
    expect([reply.status, (await errorOf(reply)).code]).toEqual([status, code]);
    if (status === 503) expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('names the models that there are', async () => {
    expect((await errorOf(await post({ ...CHAT, model: 'gpt-4' }))).message).toContain(
      "serves 'smol', also as 'default'",
    );
    expect(await (await fetch(`${base}/v1/models`)).json()).toEqual({
      object: 'list',
      data: [{ id: 'smol', object: 'model', created: 1, owned_by: 'ailab-web' }],
    });
    endpoint = null;
    expect(await (await fetch(`${base}/v1/models`)).json()).toEqual({ object: 'list', data: [] });
  });

  it('refuses a body that says it is past the limit, without reading it', async () => {
    runtime = (_request, response) => response.end();
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-length': String(33 * 1024 * 1024) };
      const client = httpRequest(`${base}/v1/chat/completions`, { method: 'POST', headers });
      client.once('error', reject).once('response', (response) => {
        resolve(response.statusCode);
        client.destroy();
      });
      client.flushHeaders();
    });
    expect([status, rows]).toMatchObject([413, [{ errorCode: 'body_too_large' }]]);
  });

  it("passes the runtime's own refusal on, and counts it", async () => {
    runtime = (_request, response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"too long"}}');
    const reply = await post(CHAT);
    expect([reply.status, await reply.text()]).toEqual([400, '{"error":{"message":"too long"}}']);
    expect(rows).toMatchObject([{ outcome: 'error', errorCode: 'runtime_400' }]);
  });

  it('when the runtime is gone', async () => {
    runtime = (request) => request.socket.destroy();
    const reply = await post(CHAT);
    expect([reply.status, (await errorOf(reply)).code]).toEqual([502, 'runtime_unreachable']);
  });

  it('is 503 when the runtime falls silent and is said to be unhealthy, instead of a wait', async () => {
    runtime = () => {
      if (endpoint !== null) endpoint.health = 'unhealthy';
    };
    const reply = await post(CHAT);
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '2']);
    expect(rows).toMatchObject([{ outcome: 'error', errorCode: 'runtime_unreachable' }]);
  });

  it('does not come of a kept connection that the runtime has just closed', async () => {
    const sockets = new Set<unknown>();
    runtime = (request, response) => {
      // As a runtime does whose idle time is up: the second request on a connection finds it closed.
      if (sockets.has(request.socket)) request.socket.destroy();
      else response.end('{"choices":[]}');
      sockets.add(request.socket);
    };
    for (let turn = 0; turn < 3; turn += 1) expect((await post(CHAT)).status).toBe(200);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
  });

  it('in the middle of a stream is an event, without [DONE], and the partial reply is kept', async () => {
    caller = { kind: 'login', id: 'l' };
    runtime = (_request, response) =>
      void response.write(word('Half'), () => setImmediate(() => response.destroy()));
    const text = await (await post({ ...CHAT, stream: true }, { 'x-ailab-message': 'waiting' })).text();
    expect(text).toContain('"code":"runtime_broke_off"');
    expect(text).not.toContain('[DONE]');
    expect(rows).toMatchObject([{ outcome: 'partial' }]);
    expect(replies).toMatchObject([
      { content: 'Half', state: 'failed', error: expect.stringContaining('broke off') },
    ]);
  });
});
