/** The same traffic in ledger, `/metrics`, Prometheus and charts, on a real engine with a real Prometheus. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { prometheusEndpoint } from '../../server/resources/compose-stack/prometheus-endpoint.ts';
import { locateHome } from '../../server/lib/home.ts';
import type { MetricSeries } from '../../server/schemas/metrics.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { labConfig } from './lab-config.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';
const REQUESTS = 200;

describe.skipIf(found.kind === 'none')(`metrics on a real engine${reason}`, () => {
  let engine: TestEngine;
  let lab: Lab;
  let access: { baseUrl: string; authorization: string };
  let key: string;
  /** What the replies themselves said. */
  const log = { prompt: 0, completion: 0, requests: 0, durations: [] as number[] };

  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    const wanted = await labConfig(engine);
    const { ports } = wanted;
    const config = stringify(wanted);
    lab = await startLab({ env: { ...engine.env, AILAB_ENGINE: 'docker' }, config });
    const api = lab.api();
    let { id, state } = await api.lab.up.mutate({ starter: false });
    while (state === 'running') {
      await sleep(200);
      ({ id, state } = await api.activity.get.query({ id }));
    }
    expect(state).toBe('done');
    key = (await api.access.createKey.mutate({ name: 'counter' })).secret;
    const known = prometheusEndpoint(locateHome(lab.home), {
      engine: 'docker',
      stack: { services: ['prometheus'], ports, images: {} },
    });
    if (known === null) throw new Error('no Prometheus');
    access = known;
  });
  afterAll(async () => {
    await lab?.stop();
    await engine?.stop();
  });

  const instant = async (query: string): Promise<number> => {
    const url = new URL(`/api/v1/query?${new URLSearchParams({ query }).toString()}`, access.baseUrl);
    const reply = await fetch(url, { headers: { authorization: access.authorization } });
    const { data } = (await reply.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result.reduce((sum, { value }) => sum + Number(value[1]), 0);
  };
  const chat = async (index: number): Promise<void> => {
    const begun = performance.now();
    const reply = await fetch(`http://127.0.0.1:${lab.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'default',
        // Known beforehand: the runtime may not end before.
        max_tokens: 1 + (index % 3),
        ignore_eos: true,
        messages: [{ role: 'user', content: `Say ${index}` }],
      }),
    });
    const { usage } = (await reply.json()) as {
      usage: { prompt_tokens: number; completion_tokens: number };
    };
    expect(usage.completion_tokens).toBe(1 + (index % 3));
    log.prompt += usage.prompt_tokens;
    log.completion += usage.completion_tokens;
    log.requests += 1;
    log.durations.push(performance.now() - begun);
  };
  const until = async (what: string, holds: () => Promise<boolean>, withinMs = 40_000): Promise<void> => {
    const end = performance.now() + withinMs;
    while (!(await holds())) {
      if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
      await sleep(250);
    }
  };
  const ours = async (): Promise<string> =>
    (
      await fetch(`http://127.0.0.1:${lab.port}/metrics`, { headers: { authorization: `Bearer ${key}` } })
    ).text();
  const series = (source?: MetricSeries['source']) =>
    lab.api().metrics.series.query({ range: '15m', ...(source === undefined ? {} : { source }) });

  it('every target is up, and the dashboard says so', async () => {
    await until('four targets up', async () => {
      const targets = (await lab.api().metrics.targets.query()) ?? [];
      return targets.length === 4 && targets.every(({ health }) => health === 'up');
    });
  });

  it('promtool finds nothing wrong with what we say, nor with our configuration and rules', async () => {
    const id = await containerOf('prometheus');
    const inside = (...args: string[]) => engine.docker('exec', id, 'promtool', ...args);
    await inside('check', 'config', '/etc/prometheus/prometheus.yml');
    await inside('check', 'rules', '/etc/prometheus/rules/runtime.yml');
    const text = await ours();
    expect(text).toContain('ailab_server_start_time_seconds');
    const checked = await engine.docker(
      'exec',
      id,
      'sh',
      '-c',
      `printf '%s' '${Buffer.from(text).toString('base64')}' | base64 -d | promtool check metrics`,
    );
    expect(checked.trim()).toBe('');
  });

  it(`counts ${REQUESTS} requests the same in every place`, { timeout: 400_000 }, async () => {
    // The first push has come: from here on, what is counted is a difference.
    await until('a first push', async () => (await instant('ailab_server_start_time_seconds')) > 0);
    const indexes = Array.from({ length: REQUESTS }, (_, index) => index).values();
    const client = async () => {
      for (const index of indexes) await chat(index);
    };
    await Promise.all([client(), client()]);

    const ledger = await series('ledger');
    expect(ledger.totals).toMatchObject({
      requests: log.requests,
      errors: 0,
      promptTokens: log.prompt,
      completionTokens: log.completion,
    });
    const text = await ours();
    const told = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'gm'))].reduce(
        (sum, [, value]) => sum + Number(value),
        0,
      );
    expect(told('ailab_requests_total')).toBe(log.requests);
    expect(told('ailab_prompt_tokens_total')).toBe(log.prompt);
    expect(told('ailab_completion_tokens_total')).toBe(log.completion);

    await until('all pushed', async () => (await instant('ailab_requests_total')) === log.requests);
    expect(await instant('ailab_prompt_tokens_total')).toBe(log.prompt);
    expect(await instant('ailab_completion_tokens_total')).toBe(log.completion);
    expect(await instant('gen_ai_client_token_usage_sum{gen_ai_token_type="output"}')).toBe(log.completion);

    await until('the chart', async () => (await series()).totals.requests === log.requests);
    const chart = await series();
    expect(chart).toMatchObject({ source: 'prometheus', trouble: null });
    expect(chart.totals).toMatchObject({
      errors: 0,
      promptTokens: log.prompt,
      cachedTokens: ledger.totals.cachedTokens,
      completionTokens: log.completion,
    });
    expect(chart.totals.tokensPerSecond).toBeCloseTo(ledger.totals.tokensPerSecond ?? 0, 3);
    for (const which of ['latencyP50', 'latencyP95', 'latencyP99'] as const)
      expect(sameBucket(chart.totals[which], ledger.totals[which]), which).toBe(true);
    expect(chart.services.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['grafana', 'model', 'prometheus', 'weaviate']),
    );
  });

  it('says since when there is no data while Prometheus is away, and comes back by itself', async () => {
    const id = await containerOf('prometheus');
    await engine.docker('pause', id);
    await until('trouble', async () => (await series()).trouble !== null, 20_000);
    const begun = performance.now();
    const away = await series();
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(away.trouble).toMatchObject({ code: 'prometheus_unavailable', since: expect.any(Number) });
    expect(away.totals.requests).toBe(log.requests);
    expect((await series('ledger')).totals.requests).toBe(log.requests);
    await engine.docker('unpause', id);
    await until('recovery', async () => (await series()).trouble === null, 20_000);
  });

  async function containerOf(service: string): Promise<string> {
    const status = await lab.api().lab.status.query();
    const item = status.managed_items.find(({ domain, name }) => domain === 'service' && name === service);
    return String(item?.meta['container']);
  }
});

const BOUNDS = [0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240, 20_480, 40_960, 81_920];

/** Within the same bucket of the histogram, or on its edge. */
function sameBucket(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return false;
  return BOUNDS.some((low, at) => {
    const high = BOUNDS[at + 1] ?? Infinity;
    return a >= low && a <= high && b >= low && b <= high;
  });
}
