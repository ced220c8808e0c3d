import { expect, it } from 'vitest';
import type { LedgerRow } from '../schemas/metrics.ts';
import { countGaps } from '../lib/chunk-gaps.ts';
import { createInstruments } from './instruments.ts';

const row = (change: Partial<LedgerRow> = {}): LedgerRow => ({
  id: 'r',
  startedAt: 1,
  route: '/v1/chat/completions',
  model: 'm',
  caller: 'cli',
  streamed: true,
  status: 200,
  outcome: 'ok',
  errorCode: null,
  ttftMs: 90,
  durationMs: 1500,
  promptTokens: 10,
  cachedTokens: 4,
  completionTokens: 20,
  generationMs: 1000,
  tokensPerSecond: 20,
  promptMs: 60,
  queueMs: 440,
  lockSha256: null,
  cost: null,
  ...change,
});

it('says the same request in the words of the conventions and in ours', async () => {
  const instruments = createInstruments(5000);
  const gaps = countGaps();
  for (const seconds of [0.04, 0.05, 400]) gaps.add(seconds);
  instruments.request(row(), gaps);
  instruments.request(row({ outcome: 'error', errorCode: 'runtime_500', ttftMs: null, promptTokens: null }));
  const text = await instruments.registry.metrics();
  const of = 'gen_ai_operation_name="chat",gen_ai_provider_name="llama.cpp",gen_ai_request_model="m"';
  for (const line of [
    `gen_ai_client_operation_duration_seconds_bucket{le="1.28",${of},error_type=""} 0`,
    `gen_ai_client_operation_duration_seconds_bucket{le="2.56",${of},error_type=""} 1`,
    `gen_ai_client_operation_duration_seconds_count{${of},error_type="runtime_500"} 1`,
    `gen_ai_client_operation_time_to_first_chunk_seconds_sum{${of},error_type=""} 0.09`,
    `gen_ai_client_operation_time_per_output_chunk_seconds_bucket{le="327.68",${of},error_type=""} 2`,
    `gen_ai_client_operation_time_per_output_chunk_seconds_count{${of},error_type=""} 3`,
    `gen_ai_client_token_usage_sum{${of},error_type="",gen_ai_token_type="output"} 20`,
    'ailab_requests_total{model="m",outcome="error"} 1',
    'ailab_prefill_tokens_total{model="m",outcome="ok"} 6',
    'ailab_generation_seconds_total{model="m",outcome="ok"} 1',
    'ailab_server_start_time_seconds 5',
  ])
    expect(text).toContain(line);
});

it('a client that makes up names makes no more labels than there is room for', async () => {
  const instruments = createInstruments();
  for (let name = 0; name < 200; name += 1) instruments.request(row({ model: `made-up-${name}` }));
  const text = await instruments.registry.metrics();
  expect(text.match(/^ailab_requests_total\{/gm)).toHaveLength(33);
  expect(text).toContain('ailab_requests_total{model="other",outcome="ok"} 168');
});

it('shows the items and services of now only', async () => {
  const instruments = createInstruments();
  instruments.items([{ domain: 'service', name: 'model', state: 'managed', health: 'healthy', meta: {} }]);
  instruments.items([{ domain: 'service', name: 'model', state: 'missing', meta: {} }]);
  instruments.services([
    { domain: 'service', name: 'model', cores: 1.5, memoryBytes: null, memoryLimitBytes: null },
  ]);
  const text = await instruments.registry.metrics();
  expect(text.match(/^ailab_item_state\{.*$/gm)).toEqual([
    'ailab_item_state{domain="service",manager="",name="model",state="missing",health=""} 1',
  ]);
  expect(text).toContain('ailab_service_cpu_cores{service="model"} 1.5');
});
