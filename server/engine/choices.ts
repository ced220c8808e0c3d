/**
 * What engine and profile can be chosen: what each needs, whether it is there, and which is in force. Looks, and
 * changes nothing. Part of the composition root.
 */
import { environmentOverrides, layer } from '../config/layers.ts';
import { isLabError, reportError } from '../lib/errors.ts';
import { connectEngine, type EngineApi } from '../resources/compose-stack/engine-api.ts';
import { composeVersion, findCompose, MIN_COMPOSE } from '../resources/compose-stack/find-compose.ts';
import { findGpu, gpuMissing } from '../resources/compose-stack/gpu.ts';
import { lookForRuntime } from '../resources/embedded-runtime/find-runtime.ts';
import type { Availability, ChoiceNeed, LabChoices } from '../schemas/choices.ts';
import type { ConfigFile, ConfigOverrides, Origin } from '../schemas/config.ts';
import { noGpuYet, type ResolvedLab } from './resolve-lab.ts';

export interface ChoicesParts {
  env: NodeJS.ProcessEnv;
  resolve(): Promise<ResolvedLab>;
  /** What the running `up` was asked for over the config. */
  overrides: ConfigOverrides;
  signal: AbortSignal;
}

export async function labChoices(parts: ChoicesParts): Promise<LabChoices> {
  const { env, signal } = parts;
  const resolved = await parts.resolve();
  const [{ engine, need: dockerNeed }, server] = await Promise.all([
    dockerEngine(env, signal),
    modelServer(env),
  ]);
  const [compose, gpu] = await Promise.all([
    engine === null ? notLookedFor(COMPOSE, 'Docker') : composePlugIn(env, signal),
    engine === null ? notLookedFor(NVIDIA, 'Docker') : nvidiaRuntime(engine, signal),
  ]);
  const docker = availability(dockerNeed, compose);
  const embedded = availability(server);
  const inForce = whatHolds(parts, resolved);
  // In force, `auto` has decided already and stays with it; else what it would take now.
  const takes =
    inForce.engineChoice === 'auto' ? inForce.engine : engine === null ? 'embedded' : ('docker' as const);
  return {
    engines: [
      { id: 'auto', takes, ...(takes === 'docker' ? docker : embedded) },
      { id: 'docker', takes: 'docker', ...docker },
      { id: 'embedded', takes: 'embedded', ...embedded },
    ],
    profiles: [
      { id: 'default', on: { docker: availability(), embedded: availability() } },
      { id: 'gpu', on: { docker: availability(gpu), embedded: availability(embeddedGpu()) } },
    ],
    inForce,
  };
}

const DOCKER = 'Docker Engine 20.10 or newer, running, and usable by this user';
const COMPOSE = `Docker Compose ${MIN_COMPOSE} or newer`;
const NVIDIA = 'the NVIDIA Container Toolkit in Docker';

const availability = (...needs: ChoiceNeed[]): Availability => ({
  available: needs.every(({ there }) => there === true),
  needs,
});

async function dockerEngine(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ engine: EngineApi | null; need: ChoiceNeed }> {
  try {
    const engine = await connectEngine(env, signal);
    const { engine: version } = await engine.version(signal);
    const { url, origin } = engine.host;
    return { engine, need: found(DOCKER, `Docker Engine ${version} answers at ${url} (${origin}).`) };
  } catch (error) {
    signal.throwIfAborted();
    return { engine: null, need: lacking(DOCKER, error) };
  }
}

async function composePlugIn(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<ChoiceNeed> {
  try {
    const command = findCompose(env);
    const version = await composeVersion(command, env, signal);
    return found(COMPOSE, `Docker Compose ${version} (${[command.file, ...command.args].join(' ')}).`);
  } catch (error) {
    signal.throwIfAborted();
    return lacking(COMPOSE, error);
  }
}

async function nvidiaRuntime(engine: EngineApi, signal: AbortSignal): Promise<ChoiceNeed> {
  try {
    const finding = findGpu(await engine.info(signal));
    return finding.found ? found(NVIDIA, `${finding.words}.`) : lacking(NVIDIA, gpuMissing(finding));
  } catch (error) {
    signal.throwIfAborted();
    return lacking(NVIDIA, error);
  }
}

async function modelServer(env: NodeJS.ProcessEnv): Promise<ChoiceNeed> {
  const what = 'a llama-server on the PATH, or node-llama-cpp, which `up` brings';
  try {
    const { choice, reason } = await lookForRuntime(env);
    return found(what, `${choice.kind} ${choice.version ?? ''}`.trim() + `: ${reason}.`);
  } catch (error) {
    if (!isLabError(error)) throw error;
    return lacking(what, error);
  }
}

function embeddedGpu(): ChoiceNeed {
  return lacking('a CUDA, Vulkan or Metal build of the model server', noGpuYet());
}

function found(what: string, words: string): ChoiceNeed {
  return { what, there: true, found: words, code: null, fix: null };
}

function lacking(what: string, error: unknown): ChoiceNeed {
  const { code, message, fix } = reportError(error);
  return { what, there: false, found: message, code, fix };
}

function notLookedFor(what: string, before: string): ChoiceNeed {
  return { what, there: null, found: `Not looked for: ${before} comes first.`, code: null, fix: null };
}

function whatHolds({ env, overrides }: ChoicesParts, { lab, config }: ResolvedLab): LabChoices['inForce'] {
  const environment = environmentOverrides(env);
  const origin = (key: 'engine' | 'profile') => originOf(key, overrides, environment, config.values);
  return {
    engine: lab.engine,
    engineChoice: layer(overrides, environment, config.values).engine,
    engineOrigin: origin('engine'),
    engineReason: lab.engineReason,
    profile: lab.profile,
    profileOrigin: origin('profile'),
  };
}

function originOf(
  key: 'engine' | 'profile',
  flags: ConfigOverrides,
  environment: ConfigOverrides,
  file: ConfigFile,
): Origin {
  if (flags[key] !== undefined) return 'flag';
  if (environment[key] !== undefined) return 'environment';
  return file[key] === undefined ? 'default' : 'file';
}
