/** From config, environment and flags to a lab with nothing left to decide. Part of the composition root. */
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { environmentOverrides, layer, type Wanted } from '../config/layers.ts';
import { isLabError, LabError } from '../lib/errors.ts';
import { expandTilde, type Home } from '../lib/home.ts';
import {
  findRuntime,
  NODE_LLAMA_CPP_VERSION,
  physicalCores,
} from '../resources/embedded-runtime/find-runtime.ts';
import { locateWeights } from '../resources/model-weights/locate.ts';
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
}

export interface ResolveOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  overrides?: ConfigOverrides;
  /** Take the starter when nothing else is configured. */
  starter?: boolean;
}

export async function resolveLab(options: ResolveOptions): Promise<ResolvedLab> {
  const { home, env } = options;
  const config = loadConfig(home.config);
  const wanted = layer(options.overrides ?? {}, environmentOverrides(env), config.values);
  const problems: LabError[] = [];
  const weights = weightsSource(wanted, options.starter === true, problems);
  const lab: Lab = {
    project: home.project,
    ...chooseEngine(wanted, problems),
    profile: wanted.profile,
    weights,
    weightsPath: await whereWeightsLie(weights, home, env),
    modelName: modelName(wanted, weights),
    contextSize: wanted.contextSize,
    modelPort: wanted.modelPort,
    threads: physicalCores(),
    runtime: await chooseRuntime(env, problems),
    stack: wanted.stack,
  };
  if (wanted.profile === 'gpu') problems.push(noGpuYet());
  return { lab, config, problems };
}

/** Level-triggered means: no engine is ever taken silently. `auto` says which one it took and why. */
function chooseEngine(wanted: Wanted, problems: LabError[]): Pick<Lab, 'engine' | 'engineReason'> {
  if (wanted.engine === 'docker') {
    problems.push(
      new LabError({
        code: 'engine_unsupported',
        message: 'This version of ailab-web does not have the docker engine yet.',
        fix: 'Set `engine: embedded` in ai-lab.yaml (or --engine embedded): it needs no Docker.',
        status: 400,
      }),
    );
  }
  const engineReason =
    wanted.engine === 'embedded' ? 'as configured' : 'this version has the embedded engine only';
  return { engine: 'embedded', engineReason };
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

function noGpuYet(): LabError {
  return new LabError({
    code: 'profile_unsupported',
    message: 'The profile `gpu` is not served by the embedded engine of this version.',
    fix: 'Use the profile `default` (CPU): --profile default, or `profile: default` in ai-lab.yaml.',
    status: 400,
  });
}

function weightsSource(wanted: Wanted, starter: boolean, problems: LabError[]): WeightsSource {
  const { path, id } = wanted.model;
  if (path !== null) return { kind: 'path', path: resolve(expandTilde(path)) };
  if (id === null) return starter ? { kind: 'starter' } : { kind: 'none' };
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
  return wanted.model.id ?? 'none';
}
