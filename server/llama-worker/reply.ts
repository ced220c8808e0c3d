/** The bodies of replies, as llama-server 0.7 shapes them: where `usage` and `timings` ride differs per route. */
import { randomBytes } from 'node:crypto';
import type { Tally } from './engine.ts';

export type Route = 'chat' | 'completion';

export interface Replies {
  /** The events that open a stream. */
  opening(): object[];
  text(text: string): object;
  /** The events that end a stream, without `[DONE]`. */
  closing(tally: Tally, includeUsage: boolean): object[];
  whole(text: string, tally: Tally): object;
}

export function createReplies(route: Route, model: string, fingerprint: string): Replies {
  const head = {
    created: Math.floor(Date.now() / 1000),
    id: `chatcmpl-${randomBytes(16).toString('hex')}`,
    model,
    system_fingerprint: fingerprint,
  };
  if (route === 'completion') {
    const choice = (text: string, finish_reason: string | null) => ({
      choices: [{ text, index: 0, logprobs: null, finish_reason }],
      ...head,
      object: 'text_completion',
    });
    return {
      opening: () => [],
      text: (text) => choice(text, null),
      closing: (tally, includeUsage) => [
        {
          ...choice('', tally.finish),
          ...(includeUsage ? { usage: usage(tally) } : {}),
          timings: timings(tally),
        },
      ],
      whole: (text, tally) => ({
        ...choice(text, tally.finish),
        usage: usage(tally),
        timings: timings(tally),
      }),
    };
  }
  const chunk = (delta: object, finish_reason: string | null) => ({
    choices: [{ finish_reason, index: 0, delta }],
    ...head,
    object: 'chat.completion.chunk',
  });
  return {
    opening: () => [chunk({ role: 'assistant', content: null }, null)],
    text: (text) => chunk({ content: text }, null),
    closing: (tally, includeUsage) =>
      includeUsage
        ? [
            chunk({}, tally.finish),
            {
              choices: [],
              ...head,
              object: 'chat.completion.chunk',
              usage: usage(tally),
              timings: timings(tally),
            },
          ]
        : [{ ...chunk({}, tally.finish), timings: timings(tally) }],
    whole: (text, tally) => ({
      choices: [{ finish_reason: tally.finish, index: 0, message: { role: 'assistant', content: text } }],
      ...head,
      object: 'chat.completion',
      usage: usage(tally),
      timings: timings(tally),
    }),
  };
}

function usage({ promptTokens, cached, generated }: Tally): object {
  return {
    completion_tokens: generated,
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + generated,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

function timings({ promptTokens, cached, promptMs, generated, generatedMs }: Tally): object {
  const evaluated = promptTokens - cached;
  return {
    cache_n: cached,
    prompt_n: evaluated,
    prompt_ms: promptMs,
    prompt_per_token_ms: promptMs / evaluated,
    prompt_per_second: (evaluated / promptMs) * 1000,
    predicted_n: generated,
    predicted_ms: generatedMs,
    predicted_per_token_ms: generated < 2 ? 0 : generatedMs / (generated - 1),
    predicted_per_second: generatedMs === 0 ? 0 : ((generated - 1) / generatedMs) * 1000,
  };
}
