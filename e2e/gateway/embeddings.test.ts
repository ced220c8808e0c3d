/** /v1/embeddings of the built product, by OpenAI's own client, with real weights: a second runtime under its supervisor. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { anyFreePort } from '../../server/lib/ports.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp } from '../support/model.ts';
import { seededHome, STARTER_ID, type SeededHome } from '../support/seed.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** Width of SmolLM2 135M. */
const N_EMBD = 576;
const RUNTIME = process.env['AILAB_TEST_RUNTIME'] ?? 'node-llama-cpp';

let seeded: SeededHome;
let lab: Lab;
let client: OpenAI;
let key: string;
let port: number;
beforeAll(async () => {
  seeded = await seededHome();
  port = await anyFreePort();
  lab = await startLab({ home: seeded.home, env: { AILAB_RUNTIME: RUNTIME } });
  key = (await lab.api().access.createKey.mutate({ name: 'vectors' })).secret;
  client = new OpenAI({ apiKey: key, baseURL: `${lab.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await lab?.stop();
  await seeded?.remove();
});

const raw = (body: unknown) =>
  fetch(`${lab.url}/v1/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const item = async (name: string) => {
  const { managed_items: managed, missing_items: missing } = await lab.api().lab.status.query();
  return [...managed, ...missing].find((one) => one.name === name);
};

it('is off until ai-lab.yaml names a model, and says which key to set', async () => {
  const refused = await raw({ model: 'default', input: 'Hello' });
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'embeddings_not_configured',
      message: expect.stringContaining('`embeddings: { model_id:'),
    },
  });
  expect(await item('embeddings-runtime')).toBeUndefined();
  expect(await lab.api().logs.services.query()).toEqual(['model', 'supervisor']);
});

it('comes up with the lab, ready when a test embedding was made', async () => {
  const file = join(seeded.home, 'ai-lab.yaml');
  const text = readFileSync(file, 'utf8').replace('ports: { ', `ports: { embeddings: ${port}, `);
  writeFileSync(file, text);
  appendFileSync(file, `embeddings: { model_id: ${STARTER_ID} }\n`);
  const plan = await lab.api().lab.plan.query();
  expect(plan.items).toContainEqual(
    expect.objectContaining({ name: 'embeddings-runtime', action: 'create' }),
  );
  expect(plan.ports).toContainEqual(
    expect.objectContaining({ item: 'embeddings-runtime', port, state: 'free' }),
  );
  expect(plan.memory?.message).toContain('for embeddings');
  expect((await raw({ input: 'Hello' })).status).toBe(503);
  await bringUp(lab);
  const [last] = await lab.api().activity.list.query();
  expect(last?.steps.map(({ name, state }) => [name, state])).toContainEqual(['embeddings', 'done']);
  expect(await item('embeddings-runtime')).toMatchObject({
    state: 'managed',
    health: 'healthy',
    meta: { port, pooling: 'last', context_size: 4096 },
  });
  expect(await lab.api().logs.services.query()).toContain('embeddings');
  // Nothing is to be done a second time.
  expect(
    (await lab.api().lab.plan.query()).items.filter(
      ({ action }) => action !== 'keep' && action !== 'untracked',
    ),
  ).toEqual([]);
});

it('gives vectors of the width of the model, the same for the same text, as floats and as base64', async () => {
  const input = ['A cat sleeps.', 'Stocks fell.', 'A cat sleeps.'];
  const { data, usage } = await client.embeddings.create({
    model: 'default',
    input,
    encoding_format: 'float',
  });
  expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
    [0, N_EMBD],
    [1, N_EMBD],
    [2, N_EMBD],
  ]);
  const [cat, stocks, again] = data.map(({ embedding }) => embedding);
  const dot = (a: number[] = [], b: number[] = []) =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  expect(dot(cat, again)).toBeCloseTo(1, 4);
  expect(dot(cat, stocks)).toBeLessThan(0.999);
  expect(dot(cat, cat)).toBeCloseTo(1, 4);
  expect(usage.prompt_tokens).toBeGreaterThan(6);
  // Without a format, OpenAI's client asks for base64 and reads it.
  const plain = await client.embeddings.create({ model: STARTER_ID, input: 'A cat sleeps.' });
  expect(dot(plain.data[0]?.embedding, cat)).toBeCloseTo(1, 4);
  const tokens = await client.embeddings.create({
    model: 'default',
    input: [
      [1, 2, 3],
      [4, 5],
    ],
    encoding_format: 'float',
  });
  expect(tokens.data).toHaveLength(2);
  const one = await client.embeddings.create({
    model: 'default',
    input: [1, 2, 3],
    encoding_format: 'float',
  });
  expect(dot(one.data[0]?.embedding, tokens.data[0]?.embedding)).toBeCloseTo(1, 4);
});

it('refuses by name what it can not do, and every request has its row', async () => {
  const refusal = async (body: object) => {
    const { status, body: text } = await raw(body).then(async (reply) => ({
      status: reply.status,
      body: (await reply.json()) as { error: { code: string; param: string } },
    }));
    return [status, text.error.code, text.error.param];
  };
  expect(await refusal({ input: 'x', dimensions: 8 })).toEqual([400, 'unsupported_parameter', 'dimensions']);
  expect(await refusal({ input: '' })).toEqual([400, 'invalid_request', 'input']);
  expect(await refusal({ model: 'default' })).toEqual([400, 'invalid_request', 'input']);
  expect(await refusal({ input: 'x', encoding_format: 'hex' })).toEqual([
    400,
    'invalid_request',
    'encoding_format',
  ]);
  expect(await refusal({ input: 'x', model: 'other' })).toEqual([404, 'model_not_found', 'model']);
  expect((await raw({ input: 'word '.repeat(5000) })).status).toBe(400);
  const keyless = await fetch(`${lab.url}/v1/embeddings`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-ailab-nobody', 'content-type': 'application/json' },
    body: '{"input":"x"}',
  });
  expect(keyless.status).toBe(401);
  const rows = await lab.api().metrics.recent.query({ limit: 50 });
  expect(rows.filter(({ route, outcome }) => route === '/v1/embeddings' && outcome === 'ok')).toHaveLength(4);
  expect(rows.find(({ outcome, route }) => route === '/v1/embeddings' && outcome === 'ok')).toMatchObject({
    model: STARTER_ID,
    caller: 'key: vectors',
    promptTokens: 3,
    status: 200,
  });
  const metrics = await fetch(`${lab.url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  expect(await metrics.text()).toMatch(
    /gen_ai_client_operation_duration_seconds_count\{gen_ai_operation_name="embeddings"[^}]*error_type=""\} 4/,
  );
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual([STARTER_ID]);
});

it('is in the lock with its flags, comes back after a kill, and goes with the lab', async () => {
  const lock = await lab.api().lock.export.query();
  expect(JSON.stringify(lock)).toContain(`embeddings: ${STARTER_ID}`);
  expect(JSON.stringify(lock)).toContain('embeddings_pooling: last');
  const pid = (await item('embeddings-runtime'))?.meta['pid'];
  process.kill(Number(pid), 'SIGKILL');
  await expect
    .poll(async () => (await raw({ input: 'Hello' })).status, { timeout: 40_000, interval: 200 })
    .toBe(200);
  expect((await item('embeddings-runtime'))?.meta['restarts']).toBe(1);
  let activity = await lab.api().lab.down.mutate();
  while (activity.state === 'running') {
    await sleep(50);
    activity = await lab.api().activity.get.query({ id: activity.id });
  }
  expect(activity.state).toBe('done');
  expect((await item('embeddings-runtime'))?.state).toBe('missing');
  expect((await raw({ input: 'Hello' })).status).toBe(503);
});
