/** What /v1/embeddings takes, checked before the runtime sees it, so that every runtime refuses alike. Pure. */
import * as z from 'zod';
import type { OpenAiError } from './openai-error.ts';

export const EMBEDDINGS_PATH = '/v1/embeddings';

/** OpenAI's own limit of inputs in one request. */
const INPUTS_MAX = 2048;

const tokens = z.array(z.int().min(0)).min(1, 'It must hold a token at least.');
const text = z.string().min(1, 'It must not be empty.');
const body = z.object({
  input: z.union(
    [
      text,
      tokens,
      z
        .array(z.union([text, tokens]))
        .min(1)
        .max(INPUTS_MAX),
    ],
    `It must be a text, a list of up to ${INPUTS_MAX} texts, the tokens of a text, or a list of such lists; none of them empty.`,
  ),
  encoding_format: z.enum(['float', 'base64'], 'It must be float or base64.').nullish(),
});

/** What is wrong with a body; undefined when nothing is. */
export function refuseEmbeddings(json: unknown): OpenAiError | undefined {
  if (typeof json === 'object' && json !== null && 'dimensions' in json && json.dimensions !== null)
    return {
      status: 400,
      code: 'unsupported_parameter',
      param: 'dimensions',
      message:
        '`dimensions` is not supported: the vectors have the length that the model gives them. Leave it out.',
    };
  const parsed = body.safeParse(json);
  if (parsed.success) return undefined;
  const issue = parsed.error.issues[0];
  const param = String(issue?.path[0] ?? 'input');
  return {
    status: 400,
    code: 'invalid_request',
    param,
    message: `\`${param}\`: ${issue?.message ?? 'wrong shape.'}`,
  };
}

export const NOT_CONFIGURED: OpenAiError = {
  status: 404,
  code: 'embeddings_not_configured',
  message:
    'This lab makes no embeddings. Name a model for them in ai-lab.yaml, for example `embeddings: { model_id: nomic-ai/nomic-embed-text-v1.5-GGUF:Q8_0 }`, bring it with `ailab-web pull`, and run `ailab-web up`.',
};
