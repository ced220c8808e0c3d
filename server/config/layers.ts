/** Precedence: flags over environment (`MODEL_ID`, `MODEL_PATH`, `AILAB_*`) over the file over defaults. */
import { LabError } from '../lib/errors.ts';
import { configOverrides, type ConfigFile, type ConfigOverrides, type Origin } from '../schemas/config.ts';
import { CONFIG_DEFAULTS, CONFIG_VARIABLES, DEFAULT_PORTS, SERVICES } from '../schemas/config-defaults.ts';
import { plainIssues } from './issues.ts';
import type { Profile, StackWish } from '../schemas/lab.ts';

/** What the environment says; a bad value is a named error, an empty one is unset. */
export function environmentOverrides(env: NodeJS.ProcessEnv): ConfigOverrides {
  const raw: Record<string, unknown> = {};
  for (const [key, variable] of Object.entries(CONFIG_VARIABLES)) {
    const value = env[variable];
    if (value === undefined || value === '') continue;
    raw[key] = key === 'context_size' ? Number(value) : value;
  }
  const parsed = configOverrides.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues.flatMap(plainIssues)[0];
  const variable = CONFIG_VARIABLES[issue?.path[0] as keyof ConfigOverrides];
  throw new LabError({
    code: 'environment_invalid',
    message: `The environment variable ${variable} has a bad value: ${issue?.message ?? 'not valid'}`,
    fix: `Correct or unset ${variable}, then run the same command again.`,
    status: 400,
  });
}

export interface Wanted {
  model: { id: string | null; path: string | null; origin: Origin };
  profile: Profile;
  engine: 'auto' | 'docker' | 'embedded';
  contextSize: number;
  servedName: string | undefined;
  modelPort: number;
  stack: StackWish;
  /** Null: off. */
  embeddings: { id: string | null; path: string | null; port: number } | null;
}

export function layer(flags: ConfigOverrides, environment: ConfigOverrides, file: ConfigFile): Wanted {
  const pick = <K extends 'profile' | 'engine' | 'context_size'>(key: K) =>
    flags[key] ?? environment[key] ?? file[key];
  return {
    model: pickModel(flags, environment, file),
    profile: pick('profile') ?? CONFIG_DEFAULTS.profile,
    engine: pick('engine') ?? CONFIG_DEFAULTS.engine,
    contextSize: pick('context_size') ?? CONFIG_DEFAULTS.context_size,
    servedName: file.model_name,
    modelPort: file.ports?.model ?? DEFAULT_PORTS.model,
    stack: stackWish(file),
    embeddings: embeddingsWish(file),
  };
}

function embeddingsWish({ embeddings, ports }: ConfigFile): Wanted['embeddings'] {
  const { model_id: id = null, model_path: path = null } = embeddings ?? {};
  if (id === null && path === null) return null;
  return { id, path, port: ports?.embeddings ?? DEFAULT_PORTS.embeddings };
}

function stackWish({ services, ports, images }: ConfigFile): StackWish {
  return {
    services: SERVICES.filter((name) => services?.includes(name) ?? true),
    ports: {
      model: ports?.model ?? DEFAULT_PORTS.model,
      weaviate: ports?.weaviate ?? DEFAULT_PORTS.weaviate,
      weaviate_grpc: ports?.weaviate_grpc ?? DEFAULT_PORTS.weaviate_grpc,
      prometheus: ports?.prometheus ?? DEFAULT_PORTS.prometheus,
      grafana: ports?.grafana ?? DEFAULT_PORTS.grafana,
    },
    images: Object.fromEntries(
      Object.entries(images ?? {}).flatMap(([name, image]) => (image === undefined ? [] : [[name, image]])),
    ),
  };
}

/** The first layer that names a model decides; within it, model_path wins over model_id. */
export function pickModel(
  flags: ConfigOverrides,
  environment: ConfigOverrides,
  file: ConfigFile,
): Wanted['model'] {
  const layers = [
    ['flag', flags],
    ['environment', environment],
    ['file', file],
  ] as const;
  for (const [origin, values] of layers) {
    if (values.model_path !== undefined)
      return { id: values.model_id ?? null, path: values.model_path, origin };
    if (values.model_id !== undefined) return { id: values.model_id, path: null, origin };
  }
  return { id: null, path: null, origin: 'default' };
}
