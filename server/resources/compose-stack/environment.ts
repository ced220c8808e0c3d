/**
 * The variables of the stack file from lab and home. Secrets are not among them but as tokens: what Compose renders
 * can be kept and compared without holding any.
 */
import { totalmem } from 'node:os';
import { LabError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { EMBEDDINGS_SERVICE, servedNameOf, type Lab } from '../../schemas/lab.ts';
import { fingerprint, type StackFile } from './files.ts';
import { MODEL, STACK_SERVICES, stackLayout } from './layout.ts';
import type { StackSecrets } from './secrets.ts';
import type { WeightsMount } from './weights-mount.ts';

export type Variables = Record<string, string>;

export interface EnvironmentFacts {
  weights: WeightsMount | null;
  /** Of the embeddings server. */
  embeddings?: WeightsMount | null;
  /** Rootless Docker: root in a container is this very user, and any other uid is nobody's. */
  rootless: boolean;
  /** Our own uid, or null where there are none. */
  uid: number | null;
  gid: number | null;
}

const GIB = 1024 ** 3;
/** f16 key and value of one token in a 7 B model without grouped attention: the costly end of what a laptop runs. */
const CONTEXT_TOKEN_BYTES = 512 * 1024;

/** What the user may set over ours: images, memory limits and what the GPU gets. */
const OVERRIDABLE = [
  ...STACK_SERVICES.flatMap((name) => [
    `AILAB_IMAGE_${name.toUpperCase()}`,
    `AILAB_MEMORY_${name.toUpperCase()}`,
  ]),
  'AILAB_GPU_LAYERS',
  'AILAB_GOMEMLIMIT_WEAVIATE',
];

/** Variables without secrets, in a fixed order. */
export function stackVariables(
  home: Home,
  lab: Lab,
  facts: EnvironmentFacts,
  env: NodeJS.ProcessEnv,
): Variables {
  const { ports } = lab.stack;
  const { weights } = facts;
  return {
    AILAB_PROJECT: home.project,
    AILAB_PROFILE: lab.profile,
    AILAB_STACK_FILES: stackLayout(home).files,
    AILAB_PORT_MODEL: String(ports.model),
    AILAB_PORT_WEAVIATE: String(ports.weaviate),
    AILAB_PORT_WEAVIATE_GRPC: String(ports.weaviate_grpc),
    AILAB_PORT_PROMETHEUS: String(ports.prometheus),
    AILAB_PORT_GRAFANA: String(ports.grafana),
    AILAB_MODEL_NAME: servedNameOf(lab),
    AILAB_CONTEXT_SIZE: String(lab.contextSize),
    AILAB_THREADS: String(lab.threads),
    ...(weights === null ? {} : weightsVariables(weights, lab, facts)),
    ...embeddingsVariables(lab, facts),
    ...imageVariables(lab),
    ...overrides(env),
    ...imageOfEmbeddings(lab, env),
  };
}

/** The profile puts the service into the stack; without it there is none. */
function embeddingsVariables({ embeddings }: Lab, facts: EnvironmentFacts): Variables {
  if (embeddings === undefined) return {};
  const { modelName, contextSize, pooling, port } = embeddings;
  const weights = facts.embeddings ?? null;
  return {
    COMPOSE_PROFILES: EMBEDDINGS_SERVICE,
    AILAB_PORT_EMBEDDINGS: String(port),
    AILAB_EMBEDDINGS_NAME: modelName,
    AILAB_EMBEDDINGS_CONTEXT_SIZE: String(contextSize),
    AILAB_EMBEDDINGS_POOLING: pooling,
    ...(weights === null
      ? {}
      : {
          AILAB_EMBEDDINGS_FOLDER: weights.folder,
          AILAB_EMBEDDINGS_FILE: weights.file,
          AILAB_EMBEDDINGS_BYTES: String(weights.bytes),
          AILAB_EMBEDDINGS_USER: userFor(weights, facts),
          AILAB_MEMORY_EMBEDDINGS: String(memoryForModel(weights.bytes, contextSize)),
        }),
  };
}

/** The same program as the model's, from the same mirror, unless another one is named. */
function imageOfEmbeddings({ embeddings, stack: { images } }: Lab, env: NodeJS.ProcessEnv): Variables {
  const named = env['AILAB_IMAGE_EMBEDDINGS'] || images[EMBEDDINGS_SERVICE];
  const image = named || env['AILAB_IMAGE_MODEL'] || images[MODEL];
  return embeddings === undefined || image === undefined ? {} : { AILAB_IMAGE_EMBEDDINGS: image };
}

function weightsVariables(weights: WeightsMount, lab: Lab, facts: EnvironmentFacts): Variables {
  return {
    AILAB_WEIGHTS_FOLDER: weights.folder,
    AILAB_WEIGHTS_FILE: weights.file,
    AILAB_WEIGHTS_BYTES: String(weights.bytes),
    AILAB_USER: userFor(weights, facts),
    AILAB_MEMORY_MODEL: String(memoryForModel(weights.bytes, lab.contextSize)),
  };
}

/** Nobody where everybody may read the weights; else whoever owns them. Root only where nobody else can. */
export function userFor(weights: WeightsMount, { rootless, uid, gid }: EnvironmentFacts): string {
  if (rootless) return '0:0';
  if (weights.readableByAll) return uid === null || uid === 0 ? '65534:65534' : `${uid}:${gid ?? uid}`;
  return `${weights.owner.uid}:${weights.owner.gid}`;
}

/** Bytes: weights, key-value cache, prompt cache and buffers, with air; not more than the machine has. */
export function memoryForModel(weightsBytes: number, contextSize: number, machine = totalmem()): number {
  const need = weightsBytes * 1.2 + contextSize * CONTEXT_TOKEN_BYTES + 1.5 * GIB;
  return Math.floor(Math.min(need, machine));
}

function imageVariables({ stack: { images } }: Lab): Variables {
  const variables: Variables = {};
  for (const [service, image] of Object.entries(images)) {
    if (!(STACK_SERVICES as readonly string[]).includes(service)) throw unknownService(service);
    variables[`AILAB_IMAGE_${service.toUpperCase()}`] = image;
  }
  return variables;
}

function overrides(env: NodeJS.ProcessEnv): Variables {
  const variables: Variables = {};
  for (const name of OVERRIDABLE) {
    const value = env[name];
    if (value !== undefined && value !== '') variables[name] = value;
  }
  return variables;
}

/** What stands for a secret in rendered text; letters only, so that Compose leaves it as it is. */
const WEAVIATE_TOKEN = 'ailabsecretweaviatekey';
const WITH_FILES = [MODEL, EMBEDDINGS_SERVICE, 'prometheus', 'grafana'] as const;
const filesToken = (service: string) => `ailabfiles${service}`;

export function tokenVariables(): Variables {
  const variables: Variables = { AILAB_WEAVIATE_KEY: WEAVIATE_TOKEN };
  for (const service of WITH_FILES) variables[`AILAB_FILES_${service.toUpperCase()}`] = filesToken(service);
  return variables;
}

export function secretVariables(secrets: StackSecrets, files: readonly StackFile[]): Variables {
  const variables: Variables = { AILAB_WEAVIATE_KEY: secrets.weaviateKey };
  for (const service of WITH_FILES)
    variables[`AILAB_FILES_${service.toUpperCase()}`] = fingerprint(files, service);
  return variables;
}

/** The same text with the secrets in place of their tokens. */
export function fillTokens(text: string, secrets: Variables): string {
  let filled = text;
  for (const [name, token] of Object.entries(tokenVariables()))
    filled = filled.replaceAll(token, secrets[name] ?? token);
  return filled;
}

/** `stack.env`, for `docker compose --env-file`: single quotes keep every character but themselves. */
export function environmentFile(variables: Variables): string {
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value.replaceAll("'", "\\'")}'`);
  return `${lines.join('\n')}\n`;
}

/**
 * The environment of the Compose command: what a Docker client needs to work, then the stack's variables. Nothing else
 * of ours gets in: COMPOSE_FILE or COMPOSE_PROFILES of the user would make another stack of it.
 */
export function composeEnvironment(
  env: NodeJS.ProcessEnv,
  dockerHost: string,
  variables: Variables,
): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => PASSED.test(name));
  return {
    NODE_ENV: env.NODE_ENV,
    ...Object.fromEntries(passed),
    DOCKER_HOST: dockerHost,
    COMPOSE_ANSI: 'never',
    ...variables,
  };
}

const PASSED =
  /^(PATH|HOME|USER|LANG|LC_.*|TMPDIR|TEMP|TMP|XDG_RUNTIME_DIR|DOCKER_CONFIG|DOCKER_API_VERSION|(http|https|no|all)_proxy|SystemRoot|SystemDrive|USERPROFILE|APPDATA|LOCALAPPDATA|ProgramFiles|ProgramData|PATHEXT|ComSpec)$/i;

function unknownService(service: string): LabError {
  return new LabError({
    code: 'images_unknown_service',
    message: `\`images:\` in ai-lab.yaml names "${service}", which is no service of the stack.`,
    fix: `Use one of ${STACK_SERVICES.join(', ')}.`,
    status: 400,
  });
}
