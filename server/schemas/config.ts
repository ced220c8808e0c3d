/** `ai-lab.yaml`, key by key. Strict: an unknown key is an error, because a misspelt one would be silently ignored. */
import * as z from 'zod';
import { SERVICES } from './config-defaults.ts';
import { costConfig } from './cost-config.ts';
import { hookConfig } from './hook-config.ts';
import { ENGINE_CHOICES, PROFILES } from './lab.ts';
import { line } from './line.ts';
import { readModelId } from './model-id.ts';

const port = z.number().int().min(1024).max(65_535);

/** What has an image of its own. */
const IMAGES = ['model', 'embeddings', ...SERVICES] as const;
const image = line(500).optional();

/** A GGUF repository: `org/name[:quant-or-file][@revision]`, or the starter's id. */
const modelId = line(300).superRefine((text, context) => {
  const read = readModelId(text);
  if (!('kind' in read))
    context.addIssue({ code: 'custom', message: `It can't be used: ${read.why}. ${read.fix}` });
});
const modelPath = line(4096);
/** A name without port, as it stands in a Host header. */
const hostName = z
  .string()
  .max(253)
  .regex(
    /^(?!.*\.\d+$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
    'It must be a host name in small letters, without port, e.g. lab.test.',
  );

export const configFile = z.strictObject({
  model_id: modelId.optional(),
  /** A .gguf file or a folder holding one; wins over model_id. */
  model_path: modelPath.optional(),
  /** Under which programs ask for the model; no name of a file, so nothing is looked for under it. */
  model_name: z
    .string()
    .max(100)
    .regex(/^[\w][\w.:/@+-]*$/, 'It must be letters, digits and . : / @ + - _, without spaces.')
    .optional(),
  /** Further folders with GGUF files; `~` is expanded by who reads them. */
  model_folders: z.array(modelPath).max(50).optional(),
  profile: z.enum(PROFILES).optional(),
  engine: z.enum(ENGINE_CHOICES).optional(),
  runtime: z.enum(['llama.cpp']).optional(),
  services: z.array(z.enum(SERVICES)).max(SERVICES.length).optional(),
  context_size: z.number().int().min(256).max(1_048_576).optional(),
  ports: z
    .strictObject({
      model: port.optional(),
      weaviate: port.optional(),
      weaviate_grpc: port.optional(),
      embeddings: port.optional(),
      prometheus: port.optional(),
      grafana: port.optional(),
    })
    .optional(),
  images: z
    .strictObject(
      { model: image, embeddings: image, weaviate: image, prometheus: image, grafana: image },
      {
        error: ({ code }) =>
          code === 'unrecognized_keys'
            ? `It is no service with an image: those are ${IMAGES.join(', ')}.`
            : undefined,
      },
    )
    .optional(),
  hooks: hookConfig.optional(),
  cost: costConfig.optional(),
  /** A model for embeddings beside the one that chats. */
  embeddings: z.strictObject({ model_id: modelId.optional(), model_path: modelPath.optional() }).optional(),
  /** Names beside localhost under which the dashboard answers. */
  allowed_hosts: z.array(hostName).max(20).optional(),
});
export type ConfigFile = z.infer<typeof configFile>;

/** What a flag or the environment may say; the same words as in the file. */
export const configOverrides = z.strictObject({
  /** Its grammar is told by who resolves it. */
  model_id: line(300).optional(),
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
