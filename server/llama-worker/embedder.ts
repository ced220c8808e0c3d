/** The loaded model as a maker of embeddings: tokens in, one vector of length 1 out. */
import { ApiError } from './api-error.ts';
import type { LlamaEmbeddingContext, LlamaModel, Token } from './llama.ts';
import { loadModel } from './load-model.ts';
import type { WorkerConfig } from '../resources/embedded-runtime/request.ts';

export interface Embedder {
  readonly contextSize: number;
  readonly trainContextSize: number;
  /** Tokens of an input, and how many they are with those that the model puts around them; throws a 400 on a bad one. */
  prepare(input: string | Token[]): { tokens: Token[]; count: number };
  embed(tokens: Token[]): Promise<number[]>;
}

export async function loadEmbedder(config: WorkerConfig): Promise<Embedder> {
  const { model } = await loadModel(config);
  const { contextSize, threads } = config;
  const context = await model.createEmbeddingContext({ contextSize, batchSize: contextSize, threads });
  return createEmbedder(model, context, contextSize);
}

export function createEmbedder(
  model: Pick<LlamaModel, 'tokenize' | 'trainContextSize'>,
  context: LlamaEmbeddingContext,
  contextSize: number,
): Embedder {
  return {
    contextSize,
    trainContextSize: model.trainContextSize,
    prepare(input) {
      const tokens = typeof input === 'string' ? model.tokenize(input, true) : input;
      if (tokens.length === 0) throw new ApiError(400, 'invalid_request_error', 'An input is empty.');
      const count = context.calculateInputLength(tokens);
      if (count >= contextSize) throw tooLong(count, contextSize);
      return { tokens, count };
    },
    embed: async (tokens) => unit((await context.getEmbeddingFor(tokens)).vector),
  };
}

/** As llama-server gives them: divided by their Euclidean length. */
function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => (length === 0 ? 0 : value / length));
}

function tooLong(tokens: number, contextSize: number): ApiError {
  return new ApiError(
    400,
    'exceed_context_size_error',
    `An input has ${tokens} tokens, but the context holds fewer than ${contextSize}. Split it, or raise context_size.`,
    { n_prompt_tokens: tokens, n_ctx: contextSize },
  );
}
