/** The embeddings server of a lab, from what ai-lab.yaml names. Part of the composition root. */
import { basename, resolve } from 'node:path';
import type { Wanted } from '../config/layers.ts';
import { isLabError, LabError } from '../lib/errors.ts';
import { expandTilde, type Home } from '../lib/home.ts';
import { readWeights, type WeightsFacts } from '../resources/model-weights/facts.ts';
import { locateWeights } from '../resources/model-weights/locate.ts';
import { parseModelId } from '../resources/model-weights/model-id.ts';
import { starterPath } from '../resources/model-weights/starter.ts';
import type { EmbeddingsWish, Lab, Pooling, WeightsSource } from '../schemas/lab.ts';

interface Places {
  home: Home;
  env: NodeJS.ProcessEnv;
}

/** Null when it is off. What forbids it goes to `problems`. */
export async function resolveEmbeddings(
  lab: Pick<Lab, 'weights' | 'modelName' | 'contextSize'>,
  wanted: Wanted['embeddings'],
  places: Places,
  problems: LabError[],
): Promise<EmbeddingsWish | null> {
  const weights = wanted === null ? null : sourceOf(wanted, problems);
  if (wanted === null || weights === null) return null;
  const name =
    weights.kind === 'path' ? basename(weights.path).replace(/\.gguf$/i, '') : (wanted.id ?? 'embeddings');
  return embeddingsWish(lab, { weights, name, port: wanted.port }, places, problems);
}

export async function embeddingsWish(
  { weights: chat, modelName, contextSize }: Pick<Lab, 'weights' | 'modelName' | 'contextSize'>,
  { weights, name, port }: { weights: WeightsSource; name: string; port: number },
  { home, env }: Places,
  problems: LabError[],
): Promise<EmbeddingsWish> {
  const weightsPath =
    weights.kind === 'starter'
      ? starterPath(home)
      : await locateWeights(weights, { home, env }).catch(() => null);
  // Not there yet, or not fit: its own item says so.
  const facts = weightsPath === null ? null : await readWeights(weightsPath).catch(() => null);
  if (facts?.poolingType === RANK) problems.push(isReranker(name));
  const same = JSON.stringify(weights) === JSON.stringify(chat);
  return {
    weights,
    weightsPath,
    modelName: same ? modelName : name === modelName ? `${name}-embeddings` : name,
    // A text longer than the model was made for has no meaningful vector.
    contextSize: Math.min(contextSize, facts?.contextLength ?? contextSize),
    port,
    pooling: poolingOf(facts),
  };
}

function sourceOf(
  { id, path }: NonNullable<Wanted['embeddings']>,
  problems: LabError[],
): WeightsSource | null {
  if (path !== null) return { kind: 'path', path: resolve(expandTilde(path)) };
  try {
    return parseModelId(id ?? '');
  } catch (error) {
    if (!isLabError(error)) throw error;
    problems.push(error);
    return null;
  }
}

const RANK = 4;
const POOLING: Readonly<Record<number, Pooling>> = { 1: 'mean', 2: 'cls', 3: 'last' };

/** As the file says; else as such models are made: encoders are averaged, of others the last token has seen all. */
function poolingOf(facts: WeightsFacts | null): Pooling {
  const said = POOLING[facts?.poolingType ?? 0];
  return said ?? (facts?.architecture.includes('bert') === true ? 'mean' : 'last');
}

function isReranker(name: string): LabError {
  return new LabError({
    code: 'embeddings_model_unfit',
    message: `${name}, named under \`embeddings:\`, is a reranker: it judges pairs of texts and makes no embeddings.`,
    fix: 'Name a model for embeddings in ai-lab.yaml, for example nomic-ai/nomic-embed-text-v1.5-GGUF:Q8_0.',
    status: 409,
  });
}
