/** From config, environment and flags to a lab with nothing left to decide. Part of the composition root. */
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { environmentOverrides, layer, type Wanted } from '../config/layers.ts';
import { isLabError, LabError, reportError } from '../lib/errors.ts';
import { connectEngine } from '../resources/compose-stack/engine-api.ts';
import { expandTilde, type Home } from '../lib/home.ts';
import {
  findRuntime,
  NODE_LLAMA_CPP_VERSION,
  physicalCores,
} from '../resources/embedded-runtime/find-runtime.ts';
import { resolveEmbeddings } from './resolve-embeddings.ts';
import { locateWeights } from '../resources/model-weights/locate.ts';
import { HUB_STARTER, isHubStarter } from '../resources/model-weights/hub-starter.ts';
import { parseModelId } from '../resources/model-weights/model-id.ts';
import { STARTER, starterPath } from '../resources/model-weights/starter.ts';
import type { ConfigOverrides } from '../schemas/config.ts';
import type { Lab, RuntimeChoice, WeightsSource } from '../schemas/lab.ts';
import { basename, resolve } from 'node:path';

export interface ResolvedLab {
  lab: Lab;
  config: LoadedConfig;
  /** What forbids an `up`: a choice that this version or this machine can't serve. */
  problems: LabError[];
  /** `lab.engineReason`, with where Docker was looked for. */
  engineInFull: string;
}

export interface ResolveOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  overrides?: ConfigOverrides;
  /** What the starter is: taken when nothing else is configured. */
  starter?: (() => Promise<WeightsSource>) | undefined;
  /** Why this process has taken Docker before: `auto` stays with it, so that a restart of Docker is no change of engine. */
  dockerTaken?: string | undefined;
}

export async function resolveLab(options: ResolveOptions): Promise<ResolvedLab> {
  const { home, env } = options;
  const config = loadConfig(home.config);
  const wanted = layer(options.overrides ?? {}, environmentOverrides(env), config.values);
  const problems: LabError[] = [];
  const weights = await weightsSource(wanted, options.starter, problems);
  const [{ inFull, ...engine }, weightsPath, runtime] = await Promise.all([
    chooseEngine(wanted, env, options.dockerTaken),
    whereWeightsLie(weights, home, env),
    chooseRuntime(env, problems),
  ]);
  const lab: Lab = {
    project: home.project,
    ...engine,
    profile: wanted.profile,
    weights,
    weightsPath,
    modelName: modelName(wanted, weights),
    ...(wanted.servedName === undefined ? {} : { servedName: wanted.servedName }),
    contextSize: wanted.contextSize,
    modelPort: wanted.modelPort,
    threads: physicalCores(),
    runtime,
    stack: wanted.stack,
  };
  const embeddings = await resolveEmbeddings(lab, wanted.embeddings, { home, env }, problems);
  if (embeddings !== null) lab.embeddings = embeddings;
  if (lab.profile === 'gpu' && lab.engine === 'embedded') problems.push(noGpuYet());
  return { lab, config, problems, engineInFull: inFull ?? lab.engineReason };
}

/** Docker has this long to answer before `auto` goes without it. */
const DOCKER_ANSWER_MS = 3000;

/** `auto` takes Docker when it answers, and says which engine it took and why. Nothing is switched silently. */
async function chooseEngine(
  { engine }: Wanted,
  env: NodeJS.ProcessEnv,
  dockerTaken: string | undefined,
): Promise<Pick<Lab, 'engine' | 'engineReason'> & { inFull?: string }> {
  if (engine !== 'auto') return { engine, engineReason: 'as configured' };
  if (dockerTaken !== undefined) return { engine: 'docker', engineReason: dockerTaken };
  try {
    const { host } = await connectEngine(env, AbortSignal.timeout(DOCKER_ANSWER_MS));
    return { engine: 'docker', engineReason: `Docker answers (${host.origin})` };
  } catch (error) {
    const { code, message } = reportError(error);
    // Where it was looked for is six paths long.
    if (code === 'docker_not_found')
      return { engine: 'embedded', engineReason: 'no Docker was found', inFull: message };
    return { engine: 'embedded', engineReason: `no Docker to use: ${message}` };
  }
}

/** A forced runtime that can't be used forbids `up`; `status` and `down` still work. */
async function chooseRuntime(env: NodeJS.ProcessEnv, problems: LabError[]): Promise<RuntimeChoice> {
  try {
    return await findRuntime(env);
  } catch (error) {
    if (!isLabError(error)) throw error;
    problems.push(error);
    return { kind: 'node-llama-cpp', version: NODE_LLAMA_CPP_VERSION };
  }
}

/** Refused by name: this version brings no GPU build of the embedded runtime. */
export function noGpuYet(): LabError {
  return new LabError({
    code: 'profile_unsupported',
    message: 'The profile `gpu` is not served by the embedded engine of this version.',
    fix: 'Use the profile `default` (CPU): --profile default, or `profile: default` in ai-lab.yaml.',
    status: 400,
  });
}

async function weightsSource(
  wanted: Wanted,
  starter: ResolveOptions['starter'],
  problems: LabError[],
): Promise<WeightsSource> {
  const { path, id } = wanted.model;
  if (path !== null) return { kind: 'path', path: resolve(expandTilde(path)) };
  if (id === null) return starter === undefined ? { kind: 'none' } : starter();
  try {
    return parseModelId(id);
  } catch (error) {
    if (!isLabError(error)) throw error;
    problems.push(error);
    return { kind: 'none' };
  }
}

/** Null when they can't be found; the weights' own item says why. */
async function whereWeightsLie(
  source: WeightsSource,
  home: Home,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  if (source.kind === 'none') return null;
  if (source.kind === 'starter') return starterPath(home);
  return locateWeights(source, { home, env }).catch(() => null);
}

function modelName(wanted: Wanted, source: WeightsSource): string {
  if (source.kind === 'path') return basename(source.path).replace(/\.gguf$/i, '');
  if (source.kind === 'starter') return STARTER.id;
  if (wanted.model.id === null && isHubStarter(source)) return HUB_STARTER.id;
  return wanted.model.id ?? 'none';
}
