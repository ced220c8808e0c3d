/** The embeddings server as a service of the stack, on a real engine with the real llama-server and Prometheus. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { anyFreePort } from '../../server/lib/ports.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp } from '../support/model.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { labConfig } from './lab-config.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';

describe.skipIf(found.kind === 'none')(`embeddings on a real engine${reason}`, () => {
  let engine: TestEngine;
  let lab: Lab;
  let key: string;

  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    const { ports, ...rest } = await labConfig(engine);
    const config = stringify({
      ...rest,
      services: ['prometheus'],
      ports: { ...ports, embeddings: await anyFreePort() },
      embeddings: { model_path: rest.model_path },
    });
    lab = await startLab({ env: { ...engine.env, AILAB_ENGINE: 'docker' }, config });
    key = (await lab.api().access.createKey.mutate({ name: 'vectors' })).secret;
    await bringUp(lab);
  });
  afterAll(async () => {
    await lab?.stop();
    await engine?.stop();
  });

  const embed = (input: unknown) =>
    fetch(`${lab.url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ input }),
    });
  const service = async (name: string) => {
    const { managed_items: managed, missing_items: missing } = await lab.api().lab.status.query();
    return [...managed, ...missing].find((one) => one.domain === 'service' && one.name === name);
  };

  it('is a service like the model, and answers through the gateway', async () => {
    // Docker's own look comes every 5 s.
    await expect.poll(async () => (await service('embeddings'))?.health, { timeout: 30_000 }).toBe('healthy');
    const [embeddings, model] = await Promise.all([service('embeddings'), service('model')]);
    expect(embeddings).toMatchObject({ state: 'managed', health: 'healthy' });
    expect(embeddings?.drift).toBeUndefined();
    for (const fact of ['image', 'security', 'user', 'restart', 'init', 'health_check'])
      expect([fact, embeddings?.meta[fact]]).toEqual([fact, model?.meta[fact]]);
    const reply = await embed(['Hello', 'Goodbye', 'Hello']);
    expect(reply.status).toBe(200);
    const { data } = (await reply.json()) as { data: { embedding: number[] }[] };
    expect(data.map(({ embedding }) => embedding.length)).toEqual([576, 576, 576]);
    const far = (a: number[] = [], b: number[] = []) =>
      Math.hypot(...a.map((value, at) => value - (b[at] ?? 0)));
    expect(far(data[0]?.embedding, data[2]?.embedding)).toBeLessThan(0.01);
    expect(far(data[0]?.embedding, data[1]?.embedding)).toBeGreaterThan(0.05);
    // Nobody gets in beside the gateway without the key.
    const direct = `http://127.0.0.1:${String(embeddings?.meta['port'])}/v1/embeddings`;
    expect((await fetch(direct, { method: 'POST', body: '{"input":"x"}' })).status).toBe(401);
  });

  it('is scraped by Prometheus, locked with its flags, and stops and comes back with the lab', async () => {
    await expect
      .poll(
        async () =>
          ((await lab.api().metrics.targets.query()) ?? [])
            .map(({ job, health }) => `${job} ${health}`)
            .toSorted(),
        { timeout: 60_000, interval: 500 },
      )
      .toEqual(['embeddings up', 'model up', 'prometheus up']);
    const lock = JSON.stringify(await lab.api().lock.export.query());
    for (const words of [
      'embeddings_pooling: last',
      'embeddings_context_size: 512',
      'embeddings_ubatch_size: 512',
    ])
      expect(lock).toContain(words);
    let activity = await lab.api().lab.down.mutate();
    while (activity.state === 'running') {
      await sleep(200);
      activity = await lab.api().activity.get.query({ id: activity.id });
    }
    expect([activity.state, (await service('embeddings'))?.state]).toEqual(['done', 'missing']);
    expect((await embed('Hello')).status).toBe(503);
    await bringUp(lab);
    expect((await embed('Hello')).status).toBe(200);
  });
});
