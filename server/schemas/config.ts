/** `ai-lab.yaml`, key by key. Strict: an unknown key is an error, because a misspelt one would be silently ignored. */
import { z } from 'zod';
import { ENGINE_CHOICES, PROFILES } from './lab.ts';

const port = z.number().int().min(1024).max(65_535);

export const DEFAULT_PORTS = {
  model: 18_080,
  weaviate: 18_081,
  weaviate_grpc: 18_082,
  prometheus: 19_090,
  grafana: 13_000,
} as const;

export const SERVICES = ['weaviate', 'prometheus', 'grafana'] as const;

export const configFile = z.strictObject({
  /** A GGUF repository: `org/name[:quant-or-file][@revision]`, or the starter's id. */
  model_id: z.string().min(1).max(300).optional(),
  /** A .gguf file or a folder holding one; wins over model_id. */
  model_path: z.string().min(1).max(4096).optional(),
  profile: z.enum(PROFILES).optional(),
  engine: z.enum(ENGINE_CHOICES).optional(),
  runtime: z.enum(['llama.cpp']).optional(),
  services: z.array(z.enum(SERVICES)).optional(),
  context_size: z.number().int().min(256).max(1_048_576).optional(),
  ports: z
    .strictObject({
      model: port.optional(),
      weaviate: port.optional(),
      weaviate_grpc: port.optional(),
      prometheus: port.optional(),
      grafana: port.optional(),
    })
    .optional(),
  images: z.record(z.string(), z.string().min(1)).optional(),
});
export type ConfigFile = z.infer<typeof configFile>;

/** What a flag or the environment may say; the same words as in the file. */
export const configOverrides = z.strictObject({
  model_id: configFile.shape.model_id,
  model_path: configFile.shape.model_path,
  profile: configFile.shape.profile,
  engine: configFile.shape.engine,
  context_size: configFile.shape.context_size,
});
export type ConfigOverrides = z.infer<typeof configOverrides>;

export const ORIGINS = ['flag', 'environment', 'file', 'default'] as const;
export type Origin = (typeof ORIGINS)[number];

/** One thing wrong in the file: where it stands and what it should be. Lines and columns count from 1. */
export const configProblem = z.object({
  line: z.number(),
  column: z.number(),
  key: z.string(),
  message: z.string(),
});
export type ConfigProblem = z.infer<typeof configProblem>;
