/**
 * The product's instruments: one set, whichever way out (`/metrics`, remote write). Names, units and attributes are those of
 * OpenTelemetry's GenAI conventions (semantic-conventions-genai, docs/gen-ai/gen-ai-metrics.md) as Prometheus spells
 * them; what those don't have is named `ailab_…`. Counters count since this server was started.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { GAP_SECONDS, type ChunkGaps } from '../lib/chunk-gaps.ts';
import { VERSION } from '../lib/version.ts';
import type { Activity } from '../schemas/activity.ts';
import type { RequestCost } from '../schemas/cost.ts';
import type { StatusItem } from '../schemas/lab.ts';
import type { LedgerRow } from '../schemas/metrics.ts';
import type { ItemUsage } from '../schemas/usage.ts';
import { CountedHistogram } from './counted-histogram.ts';

/** Seconds. The conventions end at 81.92; a CPU goes on. */
const SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];
const ACTIVITY_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

const PROVIDER = 'llama.cpp';
const OPERATIONS: Record<string, string> = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'text_completion',
  '/v1/embeddings': 'embeddings',
};

/** A client may name any model before it is refused; so many names are labels, the rest is one. */
const MODELS_MAX = 32;

export type Instruments = ReturnType<typeof createInstruments>;

export function createInstruments(startedAt: number = Date.now()) {
  const registry = new Registry();
  const at = { registers: [registry] };
  const of = ['gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model', 'error_type'] as const;

  const duration = new Histogram({
    ...at,
    name: 'gen_ai_client_operation_duration_seconds',
    help: 'Time from the arrival of a request to its end.',
    labelNames: of,
    buckets: SECONDS,
  });
  const firstChunk = new Histogram({
    ...at,
    name: 'gen_ai_client_operation_time_to_first_chunk_seconds',
    help: 'Time from the arrival of a streamed request to its first token.',
    labelNames: of,
    buckets: SECONDS,
  });
  const outputChunk = new CountedHistogram({
    ...at,
    name: 'gen_ai_client_operation_time_per_output_chunk_seconds',
    help: 'Time from one chunk of a streamed reply to the next.',
    labelNames: of,
    buckets: [...GAP_SECONDS],
  });
  const usage = new Histogram({
    ...at,
    name: 'gen_ai_client_token_usage',
    help: 'Tokens of a request by type; cached prompt tokens are input as well.',
    labelNames: [...of, 'gen_ai_token_type'],
    buckets: TOKENS,
  });

  const count = (name: string, help: string, labelNames: readonly string[] = ['model', 'outcome']) =>
    new Counter({ ...at, name, help, labelNames });
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ ...at, name, help, labelNames });

  const requests = count('ailab_requests_total', 'Requests that ended.');
  const promptTokens = count('ailab_prompt_tokens_total', 'Prompt tokens, cached ones included.');
  const cachedTokens = count('ailab_cached_tokens_total', 'Prompt tokens taken from the cache.');
  const completionTokens = count('ailab_completion_tokens_total', 'Generated tokens.');
  const generated = count('ailab_generation_tokens_total', 'Generated tokens of replies that were timed.');
  const generating = count('ailab_generation_seconds_total', 'Time the runtime spent generating them.');
  const read = count('ailab_prefill_tokens_total', 'Prompt tokens read, cached ones not, where timed.');
  const reading = count('ailab_prefill_seconds_total', 'Time the runtime spent reading them.');
  const spent = count('ailab_cost_total', 'What the requests cost; the three numbers are never added.', [
    'number',
    'bound',
    'currency',
  ]);
  const energy = count('ailab_energy_joules_total', 'Energy of the requests, measured or estimated.', [
    'source',
    'bound',
  ]);
  const running = gauge('ailab_requests_running', 'Requests that are at the runtime now.');
  const activities = count('ailab_activities_total', 'Activities that ended.', ['kind', 'state']);
  const activityTime = new Histogram({
    ...at,
    name: 'ailab_activity_duration_seconds',
    help: 'Time that activities took.',
    labelNames: ['kind'],
    buckets: ACTIVITY_SECONDS,
  });
  const itemState = gauge('ailab_item_state', 'The items of the lab; always 1.', [
    'domain',
    'manager',
    'name',
    'state',
    'health',
  ]);
  const layers = gauge('ailab_model_layers', 'Layers of the model: all, and those that the GPU computes.', [
    'on',
  ]);
  const cpu = gauge('ailab_service_cpu_cores', 'Cores that a service uses.', ['service']);
  const memory = gauge('ailab_service_memory_bytes', 'Memory that a service uses.', ['service']);
  gauge('ailab_build_info', 'The version of ailab-web; always 1.', ['version']).set({ version: VERSION }, 1);
  gauge('ailab_server_start_time_seconds', 'When this server was started, since 1970.').set(startedAt / 1000);

  let itemsAt = 0;
  const models = new Set<string>();
  const modelLabel = (model: string): string => {
    if (models.size < MODELS_MAX) models.add(model);
    return models.has(model) ? model : 'other';
  };

  const spend = ({ currency, electricity, hardware, api }: RequestCost): void => {
    for (const bound of ['low', 'high'] as const) {
      if (electricity !== null) {
        spent.inc({ number: 'electricity', bound, currency }, electricity[bound]);
        energy.inc({ source: electricity.source, bound }, electricity.joules[bound]);
      }
      if (hardware !== null) spent.inc({ number: 'hardware', bound, currency }, hardware[bound]);
      if (api !== null) spent.inc({ number: 'api', bound, currency: api.currency }, api.amount);
    }
  };

  return {
    registry,
    /** One ended request; `gaps`: between the chunks of a streamed reply. */
    request(row: LedgerRow, gaps: ChunkGaps | null = null): void {
      const model = modelLabel(row.model);
      const labels = {
        gen_ai_operation_name: OPERATIONS[row.route] ?? 'other',
        gen_ai_provider_name: PROVIDER,
        gen_ai_request_model: model,
        error_type: row.outcome === 'ok' ? '' : (row.errorCode ?? row.outcome),
      };
      duration.observe(labels, row.durationMs / 1000);
      if (row.ttftMs !== null) firstChunk.observe(labels, row.ttftMs / 1000);
      if (gaps !== null && gaps.count > 0) outputChunk.add(labels, gaps);
      if (row.promptTokens !== null)
        usage.observe({ ...labels, gen_ai_token_type: 'input' }, row.promptTokens);
      if (row.completionTokens !== null)
        usage.observe({ ...labels, gen_ai_token_type: 'output' }, row.completionTokens);

      const ours = { model, outcome: row.outcome };
      requests.inc(ours);
      promptTokens.inc(ours, row.promptTokens ?? 0);
      cachedTokens.inc(ours, row.cachedTokens ?? 0);
      completionTokens.inc(ours, row.completionTokens ?? 0);
      if (row.generationMs !== null && row.generationMs > 0 && row.completionTokens !== null) {
        generated.inc(ours, row.completionTokens);
        generating.inc(ours, row.generationMs / 1000);
      }
      if (row.promptMs !== null && row.promptTokens !== null) {
        read.inc(ours, Math.max(0, row.promptTokens - (row.cachedTokens ?? 0)));
        reading.inc(ours, row.promptMs / 1000);
      }
      if (row.cost !== null) spend(row.cost);
    },
    running(change: 1 | -1): void {
      running.inc(change);
    },
    activity({ kind, state, startedAt: from, endedAt }: Activity): void {
      if (endedAt === null) return;
      activities.inc({ kind, state });
      activityTime.observe({ kind }, (endedAt - from) / 1000);
    },
    /** The items as they are now, in place of those of before. */
    items(items: readonly StatusItem[]): void {
      itemsAt = Date.now();
      itemState.reset();
      layers.reset();
      for (const { domain, manager = '', name, state, health = '', meta } of items) {
        itemState.set({ domain, manager, name, state, health }, 1);
        if (typeof meta['gpu_layers'] === 'number') layers.set({ on: 'gpu' }, meta['gpu_layers']);
        if (typeof meta['model_layers'] === 'number') layers.set({ on: 'all' }, meta['model_layers']);
      }
    },
    /** When the items were last told, in epoch milliseconds. */
    itemsAt: () => itemsAt,
    services(list: readonly ItemUsage[]): void {
      cpu.reset();
      memory.reset();
      for (const { name: service, cores, memoryBytes } of list) {
        if (cores !== null) cpu.set({ service }, cores);
        if (memoryBytes !== null) memory.set({ service }, memoryBytes);
      }
    },
  };
}
