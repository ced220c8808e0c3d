/** The config's defaults and variables. Without zod: the Settings page loads this first. */
import type { ConfigFile, ConfigOverrides } from './config.ts';

export const DEFAULT_PORTS = {
  model: 18_080,
  weaviate: 18_081,
  weaviate_grpc: 18_082,
  embeddings: 18_083,
  prometheus: 19_090,
  grafana: 13_000,
} as const;

export const SERVICES = ['weaviate', 'prometheus', 'grafana'] as const;

/** What holds where nobody says anything; the only place for it. What is not here has no default. */
export const CONFIG_DEFAULTS = {
  model_folders: [],
  profile: 'default',
  engine: 'auto',
  runtime: 'llama.cpp',
  services: SERVICES,
  context_size: 4096,
  ports: DEFAULT_PORTS,
  images: {},
  hooks: { pre_apply: ['weaviate-ready'], post_apply: ['grafana-import'] },
  allowed_hosts: [],
} as const satisfies { readonly [K in keyof ConfigFile]: unknown };

/** Where the environment says it. */
export const CONFIG_VARIABLES = {
  model_id: 'MODEL_ID',
  model_path: 'MODEL_PATH',
  profile: 'AILAB_PROFILE',
  engine: 'AILAB_ENGINE',
  context_size: 'AILAB_CONTEXT_SIZE',
} as const satisfies Record<keyof ConfigOverrides, string>;
