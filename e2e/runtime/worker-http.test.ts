import type { AddressInfo } from 'node:net';
import { request, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Serving } from '../../server/llama-worker/answer.ts';
import { emptyTally, type Engine } from '../../server/llama-worker/engine.ts';
import { createHttpServer } from '../../server/llama-worker/http-server.ts';
import { createMetrics } from '../../server/llama-worker/metrics.ts';
import { createQueue } from '../../server/llama-worker/queue.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** An engine that says two words, or waits for its client to go when the prompt is `wait`. */
const engine: Engine = {
  contextSize: 64,
  trainContextSize: 128,
  renderChat: (messages) => messages.map(({ content }) => content).join(' '),
  tokenize: (prompt) => (typeof prompt === 'string' ? [...prompt].map((_, index) => index) : prompt),
  async generate({ prompt, signal, tally, onText, onPromptDone }) {
    Object.assign(tally, {
      promptTokens: prompt.length,
      cached: 1,
      promptMs: 2,
      generated: 2,
      generatedMs: 4,
    });
    onPromptDone();
    onText('Hello');
    if (prompt.length === 4)
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    onText(' you');
    tally.finish = 'stop';
  },
};

async function start(serving: Partial<Serving> | null = {}) {
  const now: Serving | undefined =
    serving === null
      ? undefined
      : {
          engine,
          queue: createQueue(),
          metrics: createMetrics(),
          modelName: 'smol',
          fingerprint: 'test',
          startedAt: 5000,
          current: { tally: emptyTally() },
          ...serving,
        };
  server = createHttpServer('secret', () => now);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  const call = (path: string, body?: unknown, init: RequestInit = {}) =>
    fetch(base + path, {
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
      ...(body === undefined
        ? {}
        : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...init,
    });
  return { call, now, port };
}
const chat = (content: string, more = {}) => ({ messages: [{ role: 'user', content }], ...more });
const events = (text: string) =>
  text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);

describe('the model server', () => {
  it('is 503 while it loads, then 200, on /health without a key', async () => {
    const loading = await start(null);
    expect((await loading.call('/health', undefined, { headers: {} })).status).toBe(503);
    expect((await loading.call('/v1/models')).status).toBe(503);
    server?.close();
    const loaded = await start();
    expect((await loaded.call('/health', undefined, { headers: {} })).status).toBe(200);
  });

  it.each(['/v1/models', '/metrics', '/slots', '/v1/chat/completions', '/nope'])(
    'wants the key on %s, and sends no CORS header',
    async (path) => {
      const { call } = await start();
      for (const authorization of ['', 'Bearer wrong', 'secret', 'Bearer secret2']) {
        const reply = await call(path, undefined, {
          headers: { authorization, origin: 'http://evil.example' },
        });
        expect(reply.status).toBe(401);
        expect(reply.headers.has('access-control-allow-origin')).toBe(false);
      }
    },
  );

  it('answers a chat with usage and timings', async () => {
    const { call } = await start();
    expect(await (await call('/v1/chat/completions', chat('Hi'))).json()).toMatchObject({
      object: 'chat.completion',
      model: 'smol',
      choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'Hello you' } }],
      usage: {
        prompt_tokens: 2,
        completion_tokens: 2,
        total_tokens: 4,
        prompt_tokens_details: { cached_tokens: 1 },
      },
      timings: {
        cache_n: 1,
        prompt_n: 1,
        prompt_ms: 2,
        predicted_n: 2,
        predicted_ms: 4,
        predicted_per_second: 250,
      },
    });
  });

  it('streams a chat: role, text, finish, usage chunk, [DONE]', async () => {
    const { call } = await start();
    const text = await (
      await call(
        '/v1/chat/completions',
        chat('Hi', { stream: true, stream_options: { include_usage: true } }),
      )
    ).text();
    expect(events(text).map(({ choices }) => choices)).toEqual([
      [{ finish_reason: null, index: 0, delta: { role: 'assistant', content: null } }],
      [{ finish_reason: null, index: 0, delta: { content: 'Hello' } }],
      [{ finish_reason: null, index: 0, delta: { content: ' you' } }],
      [{ finish_reason: 'stop', index: 0, delta: {} }],
      [],
    ]);
    expect(events(text).at(-1)).toMatchObject({ usage: { total_tokens: 4 }, timings: { prompt_n: 1 } });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('puts timings on the finish chunk when usage was not asked for', async () => {
    const { call } = await start();
    const last = events(await (await call('/v1/chat/completions', chat('Hi', { stream: true }))).text()).at(
      -1,
    );
    expect(last).toMatchObject({ choices: [{ finish_reason: 'stop' }], timings: { prompt_n: 1 } });
    expect(last).not.toHaveProperty('usage');
  });

  it('streams a completion with usage on its last chunk', async () => {
    const { call } = await start();
    const body = { prompt: 'Hi', stream: true, stream_options: { include_usage: true } };
    const last = events(await (await call('/v1/completions', body)).text()).at(-1);
    expect(last).toMatchObject({
      choices: [{ text: '', finish_reason: 'stop' }],
      usage: { total_tokens: 4 },
    });
  });

  it('counts what it did, and shows that it is idle after a client went away', async () => {
    const { call, now } = await start();
    const client = new AbortController();
    const reply = await call('/v1/chat/completions', chat('wait', { stream: true }), {
      signal: client.signal,
    });
    await reply.body?.getReader().read();
    expect(await (await call('/slots')).json()).toMatchObject([{ is_processing: true, n_ctx: 64 }]);
    client.abort();
    await expect.poll(() => now?.queue.processing, { interval: 2 }).toBe(0);
    expect(await (await call('/slots')).json()).toMatchObject([{ is_processing: false }]);
    const metrics = await (await call('/metrics')).text();
    expect(metrics).toContain('\nllamacpp:prompt_tokens_total 3\n');
    expect(metrics).toContain('\nllamacpp:prompt_tokens_cached_total 1\n');
    expect(metrics).toContain('\nllamacpp:tokens_predicted_total 2\n');
    expect(metrics).toContain('\nllamacpp:requests_processing 0\n');
  });

  it.each([
    ['not JSON', '{"messages":', 400, 'invalid_request_error'],
    ['a wrong shape', {}, 400, 'invalid_request_error'],
  ])("answers a body that is %s in OpenAI's error shape", async (_name, body, status, type) => {
    const { call } = await start();
    const reply = await call('/v1/chat/completions', body);
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ error: { code: status, type, message: expect.any(String) } });
  });

  it('refuses a body that says it is too large before it is sent', async () => {
    const { port } = await start();
    const status = await new Promise((resolve, reject) => {
      const headers = { authorization: 'Bearer secret', 'content-length': 9_000_000 };
      const sending = request({ port, method: 'POST', path: '/v1/completions', headers });
      sending.once('response', (reply) => resolve(reply.statusCode)).once('error', reject);
      sending.write('{');
    });
    expect(status).toBe(413);
  });

  it('reports a fault of the engine, in the stream too, and serves the next one', async () => {
    let broken = true;
    const generate: Engine['generate'] = (job) =>
      broken ? Promise.reject(new Error('decode failed')) : engine.generate(job);
    const { call } = await start({ engine: { ...engine, generate } });
    const plain = await call('/v1/completions', { prompt: 'Hi' });
    expect([plain.status, await plain.json()]).toMatchObject([500, { error: { message: 'decode failed' } }]);
    const streamed = await (await call('/v1/completions', { prompt: 'Hi', stream: true })).text();
    expect(events(streamed)).toMatchObject([{ error: { code: 500, message: 'decode failed' } }]);
    expect(streamed).not.toContain('[DONE]');
    broken = false;
    expect((await call('/v1/completions', { prompt: 'Hi' })).status).toBe(200);
  });

  it('knows no other route', async () => {
    const { call } = await start();
    expect((await call('/v1/embeddings', {})).status).toBe(404);
    expect((await call('/v1/chat/completions')).status).toBe(404);
  });
});
