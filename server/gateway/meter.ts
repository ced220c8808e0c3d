/**
 * Reads the numbers out of a reply as it passes, without holding it up. Both runtimes put `timings` on the finish
 * chunk (or beside `usage`), see stack-facts §1; the shapes are parsed, never trusted.
 */
import * as z from 'zod';
import { countGaps, type ChunkGaps } from '../lib/chunk-gaps.ts';
import { parseJson } from '../lib/json.ts';
import type { Reasoning } from '../schemas/chat.ts';
import { createReplyText } from './reply-text.ts';

const count = z.number().nonnegative();

const numbers = z.object({
  usage: z
    .object({
      prompt_tokens: count.optional(),
      completion_tokens: count.optional(),
      prompt_tokens_details: z.object({ cached_tokens: count.optional() }).nullish(),
    })
    .nullish()
    .catch(undefined),
  timings: z
    .object({
      cache_n: count.optional(),
      prompt_n: count.optional(),
      prompt_ms: count.optional(),
      predicted_n: count.optional(),
      predicted_ms: count.optional(),
      predicted_per_second: count.optional(),
    })
    .nullish()
    .catch(undefined),
  error: z.object({ code: z.unknown(), type: z.unknown() }).nullish().catch(undefined),
});

const said = z.object({
  choices: z.array(
    z.object({
      text: z.string().nullish(),
      delta: z.object({ content: z.string().nullish(), reasoning_content: z.string().nullish() }).nullish(),
    }),
  ),
});

export interface ReplyNumbers {
  promptTokens: number | null;
  cachedTokens: number | null;
  completionTokens: number | null;
  /** Milliseconds the runtime spent reading the prompt, and generating. */
  promptMs: number | null;
  generationMs: number | null;
  tokensPerSecond: number | null;
}

export const UNKNOWN: ReplyNumbers = {
  promptTokens: null,
  cachedTokens: null,
  completionTokens: null,
  promptMs: null,
  generationMs: null,
  tokensPerSecond: null,
};

/** The numbers of one JSON reply or chunk, over what was known before. */
function readNumbers(value: unknown, before: ReplyNumbers): ReplyNumbers {
  const parsed = numbers.safeParse(value);
  if (!parsed.success) return before;
  const { usage, timings } = parsed.data;
  const prompted = timings?.prompt_n === undefined ? undefined : timings.prompt_n + (timings.cache_n ?? 0);
  return {
    promptTokens: usage?.prompt_tokens ?? prompted ?? before.promptTokens,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? timings?.cache_n ?? before.cachedTokens,
    completionTokens: usage?.completion_tokens ?? timings?.predicted_n ?? before.completionTokens,
    promptMs: timings?.prompt_ms ?? before.promptMs,
    generationMs: timings?.predicted_ms ?? before.generationMs,
    tokensPerSecond: timings?.predicted_per_second ?? before.tokensPerSecond,
  };
}

export interface Meter {
  feed(chunk: Buffer): void;
  end(): void;
  readonly numbers: ReplyNumbers;
  /** The first token has passed. */
  readonly started: boolean;
  /** The reply came to its own end: `[DONE]`, or a whole JSON body. */
  readonly complete: boolean;
  /** The runtime reported an error inside the stream. */
  readonly failed: boolean;
  /** The reply's words; empty unless they were asked for. */
  readonly text: string;
  /** What it thought before, kept likewise; null when it did not. */
  readonly reasoning: Reasoning | null;
  /** Between one chunk of a stream and the next; null for a whole body. */
  readonly gaps: ChunkGaps | null;
}

const NOTHING: Omit<Meter, 'feed' | 'end' | 'gaps'> = {
  numbers: UNKNOWN,
  started: false,
  complete: false,
  failed: false,
  text: '',
  reasoning: null,
};

/** What may stand in an event with numbers. Looked for in all that came at once, as most of it holds none. */
const NUMBERS = ['"timings"', '"usage"', '"error"'];
const holdsNumbers = (text: string): boolean => NUMBERS.some((mark) => text.includes(mark));

const NEWLINE = 10;
const DONE = /^data:\s*\[DONE\]\s*$/;

/** For an event stream. `keepText`: hold the words too, for a conversation. */
export function createStreamMeter(keepText: boolean): Meter {
  /** What has come of a line that has not ended. Only whole lines are decoded: no character is split at a line's end. */
  let rest: Buffer[] = [];
  const gaps = countGaps();
  const state = { ...NOTHING, gaps };
  const words = createReplyText(state);
  let heardAt = 0;
  const heard = (now: number) => {
    if (state.started) gaps.add((now - heardAt) / 1000);
    heardAt = now;
  };

  const event = (data: string) => {
    const hasNumbers = holdsNumbers(data);
    if (state.started && !keepText && !hasNumbers) return;
    const value = parseJson(data);
    const parsed = said.safeParse(value);
    if (parsed.success) {
      const piece = parsed.data.choices.map((choice) => choice.delta?.content ?? choice.text ?? '').join('');
      const thought = parsed.data.choices.map((choice) => choice.delta?.reasoning_content ?? '').join('');
      if (piece !== '' || thought !== '') state.started = true;
      if (keepText) words.add(thought, piece);
    }
    if (hasNumbers) {
      state.numbers = readNumbers(value, state.numbers);
      if (typeof value === 'object' && value !== null && 'error' in value && value.error !== null)
        state.failed = true;
    }
  };

  const lines = (text: string) => {
    const now = performance.now();
    const numbersToCome = holdsNumbers(text);
    for (const line of text.split('\n')) {
      if (!line.startsWith('data:')) continue;
      if (DONE.test(line)) {
        state.complete = true;
        continue;
      }
      heard(now);
      if (!state.started || keepText || numbersToCome) event(line.slice(5));
    }
  };

  return Object.assign(state, {
    feed(chunk: Buffer) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end === 0) {
        rest.push(chunk);
        return;
      }
      const whole = chunk.subarray(0, end);
      lines((rest.length === 0 ? whole : Buffer.concat([...rest, whole])).toString('utf8'));
      rest = end === chunk.length ? [] : [chunk.subarray(end)];
    },
    end() {
      lines(Buffer.concat(rest).toString('utf8'));
      words.end();
    },
  });
}

/** A JSON reply is kept up to this size to be read; past it, it passes unmetered. */
const BODY_MAX = 8 * 1024 * 1024;

export function createBodyMeter(): Meter {
  const chunks: Buffer[] = [];
  let size = 0;
  const state = { ...NOTHING, gaps: null };
  return Object.assign(state, {
    feed(chunk: Buffer) {
      state.started = true;
      size += chunk.length;
      if (size <= BODY_MAX) chunks.push(chunk);
    },
    end() {
      if (size > BODY_MAX) return;
      const value = parseJson(Buffer.concat(chunks).toString('utf8'));
      state.complete = value !== undefined;
      state.numbers = readNumbers(value, UNKNOWN);
    },
  });
}
