/**
 * Every key of `ai-lab.yaml` in words: the one source for `ai-lab.example.yaml` and for the editor. A test holds it
 * against the schema.
 */

export interface KeyDoc {
  /** One or more whole sentences. */
  doc: string;
  /** Of a key without a default: what one could write. */
  example?: unknown;
}

/** In the order of the example. Keys in a group are named with a dot. */
export const CONFIG_DOCS = {
  model_id: {
    doc: 'The model, as a GGUF repository of the Hugging Face Hub: org/name, then a quantization or a file after ":", a revision after "@". `ailab-web pull` downloads it.',
    example: 'bartowski/SmolLM2-360M-Instruct-GGUF:Q4_K_M',
  },
  model_path: {
    doc: 'The model, as a .gguf file or a folder that holds one. It wins over model_id.',
    example: '~/models/some.gguf',
  },
  model_name: {
    doc: 'The name under which programs ask for the model in /v1. Without it, its id, or the name of its file.',
    example: 'my-model',
  },
  model_folders: {
    doc: 'Folders with further GGUF files, for the Models page. Nothing is ever written there.',
  },
  profile: { doc: 'What computes: default (the CPU) or gpu. It is never switched by itself.' },
  engine: {
    doc: 'Where the lab runs: docker, embedded (no Docker: one process of its own), or auto: docker when it answers, else embedded, and it says which.',
  },
  runtime: { doc: 'The model server. There is one so far: llama.cpp.' },
  services: {
    doc: 'What the docker engine runs beside the model: weaviate (vectors), prometheus (metrics), grafana (charts). Leave out what a small laptop cannot carry.',
  },
  context_size: { doc: 'Tokens that the model keeps in view, from 256. Memory grows with it.' },
  'ports.model': {
    doc: 'Port of the model server. All ports are published on 127.0.0.1 only, from 1024 to 65535.',
  },
  'ports.weaviate': { doc: 'Port of Weaviate, HTTP.' },
  'ports.weaviate_grpc': { doc: 'Port of Weaviate, gRPC.' },
  'ports.embeddings': { doc: 'Port of the embeddings server, where one is asked for.' },
  'ports.prometheus': { doc: 'Port of Prometheus.' },
  'ports.grafana': { doc: 'Port of Grafana.' },
  'images.model': {
    doc: 'An image for the model server instead of the pinned one: for a mirror, or without the internet.',
    example: 'registry.example/llama.cpp:server',
  },
  'images.embeddings': {
    doc: 'An image for the embeddings server instead of the pinned one.',
    example: 'registry.example/llama.cpp:server',
  },
  'images.weaviate': {
    doc: 'An image for Weaviate instead of the pinned one.',
    example: 'registry.example/weaviate:1.33.0',
  },
  'images.prometheus': {
    doc: 'An image for Prometheus instead of the pinned one.',
    example: 'registry.example/prometheus:v3.7.0',
  },
  'images.grafana': {
    doc: 'An image for Grafana instead of the pinned one.',
    example: 'registry.example/grafana:12.2.0',
  },
  'hooks.pre_apply': {
    doc: 'What runs before anything is made; one that fails stops the up. Built in: weaviate-ready. Your own: {name, type: http, url, expect} or {name, type: command, command: [program, argument]}, each with timeout (10m) and continue_on_error (false).',
  },
  'hooks.post_apply': {
    doc: 'What runs once the model has answered; one that fails is reported, and the lab stays up. Built in: grafana-import.',
  },
  'cost.currency': {
    doc: 'What an hour of this machine costs is told in this currency (ISO 4217). Without `cost` nothing is priced.',
    example: 'EUR',
  },
  'cost.electricity_per_kwh': { doc: 'Price of one kilowatt-hour.', example: 0.3 },
  'cost.idle_watts': { doc: 'Power of the machine while no model answers, in watts.', example: 15 },
  'cost.busy_watts': { doc: 'Power of the machine while a model answers, in watts.', example: 45 },
  'cost.hardware.price': { doc: 'What the machine has cost.', example: 1200 },
  'cost.hardware.years': { doc: 'Over how many years its price is spread.', example: 4 },
  'cost.hardware.hours_per_day': {
    doc: 'In how many hours of a day it is used. With it, its price is spread over those, too.',
    example: 8,
  },
  'cost.api_price': {
    doc: 'The row of the price table that a hosted model is compared by; without it, none.',
    example: 'gpt-5-mini',
  },
  'cost.prices': {
    doc: 'Rows for the price table, in the price of a million tokens, each with the day on which it was read; one of the same name wins over ours.',
    example: [{ name: 'my-provider', date: '2026-11-01', currency: 'USD', input: 0.2, output: 0.8 }],
  },
  'embeddings.model_id': {
    doc: 'A second model, for /v1/embeddings, named as model_id. Without one there is no embeddings server.',
    example: 'nomic-ai/nomic-embed-text-v1.5-GGUF:Q8_0',
  },
  'embeddings.model_path': {
    doc: 'The same as a .gguf file or a folder that holds one; it wins.',
    example: '~/models/embed.gguf',
  },
  allowed_hosts: {
    doc: 'Names beside localhost under which this dashboard may be opened, without port. It still answers this machine only. Read at the start of the server.',
  },
} as const satisfies Record<string, KeyDoc>;

export type ConfigKey = keyof typeof CONFIG_DOCS;
export const CONFIG_KEYS = Object.keys(CONFIG_DOCS) as [ConfigKey, ...ConfigKey[]];
