/** One embeddings request in OpenAI's shape: waits for its turn, and stops between inputs when its client is gone. */
import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Serving } from './answer.ts';
import { errorBody, invalidRequest } from './api-error.ts';
import type { Embedder } from './embedder.ts';
import { emptyTally } from './engine.ts';

export type EmbeddingServing = Omit<Serving, 'engine'> & { embedder: Embedder };

const tokens = z.array(z.number().int().min(0)).min(1);
const body = z.object({
  input: z.union([z.string(), tokens, z.array(z.union([z.string(), tokens])).min(1)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.null('only the whole vector is available').optional(),
});

export async function embed(
  serving: EmbeddingServing,
  json: unknown,
  response: ServerResponse,
): Promise<void> {
  const { embedder, queue, metrics, modelName } = serving;
  const parsed = body.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalidRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'wrong shape'}`);
  }
  const { input, encoding_format: format } = parsed.data;
  const inputs = isList(input) ? input : [input];
  const prepared = inputs.map((one) => embedder.prepare(one));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  if (response.destroyed) return;
  await queue
    .run(gone.signal, async () => {
      const tally = emptyTally();
      serving.current.tally = tally;
      const begun = performance.now();
      const data: object[] = [];
      try {
        for (const [index, { tokens, count }] of prepared.entries()) {
          gone.signal.throwIfAborted();
          const vector = await embedder.embed(tokens);
          tally.promptTokens += count;
          tally.decodes += 1;
          data.push({ object: 'embedding', index, embedding: format === 'base64' ? base64(vector) : vector });
        }
      } finally {
        tally.promptMs = performance.now() - begun;
        metrics.promptDone(tally);
        metrics.ended(tally);
      }
      const usage = { prompt_tokens: tally.promptTokens, total_tokens: tally.promptTokens };
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(JSON.stringify({ object: 'list', model: modelName, data, usage }));
    })
    .catch((error: unknown) => {
      if (gone.signal.aborted) return;
      const { status, body: words } = errorBody(error);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(words));
    });
}

/** A list of numbers is one input: the tokens of a text. */
function isList(input: z.infer<typeof body>['input']): input is (string | number[])[] {
  return Array.isArray(input) && typeof input[0] !== 'number';
}

/** 32-bit floats, little-endian, as OpenAI's clients read them. */
function base64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
