/** The two request bodies we read. What we can't do is refused by name; what changes nothing is let pass. */
import * as z from 'zod';
import { invalidRequest } from './api-error.ts';

const stop = z.union([z.string(), z.array(z.string()).max(16)]).nullish();
const number = (low: number, high: number) => z.number().min(low).max(high).nullish();
const count = z.number().int().min(-1).nullish();

const sampling = z.object({
  temperature: number(0, 100),
  top_p: number(0, 1),
  top_k: z.number().int().min(0).max(1_000_000).nullish(),
  min_p: number(0, 1),
  seed: z.number().int().nullish(),
  frequency_penalty: number(-2, 2),
  presence_penalty: number(-2, 2),
  max_tokens: count,
  max_completion_tokens: count,
  stop,
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, 'only one choice per request is generated').nullish(),
  logprobs: z.union([z.literal(false), z.literal(0)], 'log probabilities are not available').nullish(),
});

const textPart = z.object({
  type: z.literal('text', 'only text can be read by this runtime'),
  text: z.string(),
});
const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant'], 'roles are system, user and assistant'),
  content: z.union([z.string(), z.array(textPart), z.null()], 'content is a string or a list of text parts'),
});

const chatBody = sampling.extend({
  messages: z.array(message).min(1),
  tools: z.array(z.unknown()).max(0, 'tools are not available with this runtime').nullish(),
  response_format: z
    .object({ type: z.literal('text', 'only response_format text is available with this runtime') })
    .nullish(),
  chat_template_kwargs: z.record(z.string(), z.unknown()).nullish(),
});

const completionBody = sampling.extend({
  prompt: z.union([z.string(), z.array(z.string()).length(1), z.array(z.number().int().min(0)).min(1)]),
});

export interface Sampling {
  temperature: number;
  topP: number;
  topK: number;
  minP: number;
  seed: number | undefined;
  frequencyPenalty: number;
  presencePenalty: number;
  /** Infinity: until the model or the context ends. */
  maxTokens: number;
  stop: string[];
}

export interface Wanted {
  sampling: Sampling;
  stream: boolean;
  includeUsage: boolean;
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export function readChat(
  json: unknown,
): Wanted & { messages: ChatMessage[]; extras: Record<string, unknown> } {
  const body = parse(chatBody, json);
  const messages = body.messages.map(({ role, content }): ChatMessage => ({
    role: role === 'developer' ? 'system' : role,
    content: typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join(''),
  }));
  return { ...wanted(body), messages, extras: body.chat_template_kwargs ?? {} };
}

/** A string, or tokens. */
export function readCompletion(json: unknown): Wanted & { prompt: string | number[] } {
  const body = parse(completionBody, json);
  const first = typeof body.prompt === 'string' ? body.prompt : body.prompt[0];
  const prompt = typeof first === 'string' ? first : (body.prompt as number[]);
  return { ...wanted(body), prompt };
}

function parse<T extends z.ZodType>(schema: T, json: unknown): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalidRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'wrong shape'}`);
}

/** Defaults are llama-server's, so that a lab answers alike with either runtime. */
function wanted(body: z.infer<typeof sampling>): Wanted {
  const limit = body.max_completion_tokens ?? body.max_tokens ?? -1;
  if (limit === 0) throw invalidRequest('max_tokens: at least 1');
  return {
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    sampling: {
      temperature: body.temperature ?? 0.8,
      topP: body.top_p ?? 0.95,
      topK: body.top_k ?? 40,
      minP: body.min_p ?? 0.05,
      seed: body.seed === null || body.seed === undefined || body.seed < 0 ? undefined : body.seed,
      frequencyPenalty: body.frequency_penalty ?? 0,
      presencePenalty: body.presence_penalty ?? 0,
      maxTokens: limit < 0 ? Number.POSITIVE_INFINITY : limit,
      stop: (typeof body.stop === 'string' ? [body.stop] : (body.stop ?? [])).filter((text) => text !== ''),
    },
  };
}
