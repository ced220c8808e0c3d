/**
 * One streamed completion from the gateway, in OpenAI's shape: SSE of `chat.completion.chunk`, closed by `[DONE]`.
 * Whatever else comes (an error body, an error inside the stream, a stream that breaks off) is a `ChatError`.
 */
import { createThinkSplitter, type Parted } from '../../server/schemas/thinking.ts';
import type { Report } from './report.ts';
import { createSseParser } from './sse.ts';

export interface CompletionMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface CompletionRequest {
  messages: readonly CompletionMessage[];
  /** Temperature and the like, in OpenAI's names. */
  sampling?: Record<string, unknown>;
  /** The message under which the gateway stores the reply as it passes. */
  messageId: string;
  signal: AbortSignal;
  /** Sends the login along. */
  fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** `thought`: what the model tells itself; not part of its answer. */
export type CompletionEvent = { type: 'text' | 'thought'; text: string };

export class ChatError extends Error {
  readonly report: Report;
  constructor(report: Report) {
    super(report.message);
    this.name = 'ChatError';
    this.report = report;
  }
}

export async function* streamCompletion(request: CompletionRequest): AsyncGenerator<CompletionEvent> {
  const response = await request.fetch('/v1/chat/completions', {
    method: 'POST',
    signal: request.signal,
    headers: { 'content-type': 'application/json', 'x-ailab-message': request.messageId },
    body: JSON.stringify({
      model: 'default',
      stream: true,
      stream_options: { include_usage: true },
      messages: request.messages,
      ...request.sampling,
    }),
  });
  if (!response.ok || response.body === null) throw new ChatError(await refusal(response));
  const push = createSseParser();
  const reader = response.body.getReader();
  const splitter = createThinkSplitter();
  let finished = false;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      for (const { data } of push(read.value)) {
        if (data === '[DONE]') {
          yield* eventsOf(splitter.end());
          return;
        }
        const chunk = parseChunk(data);
        finished ||= chunk.finished;
        if (chunk.thought !== '') yield { type: 'thought', text: chunk.thought };
        if (chunk.text !== '') yield* eventsOf(splitter.push(chunk.text));
      }
    }
  } finally {
    reader.releaseLock();
  }
  if (!finished) {
    throw new ChatError({
      code: 'reply_broke_off',
      message: 'The reply broke off: the stream ended before the model had finished.',
      fix: 'Look at the Overview to see whether the model is still up, then try again.',
    });
  }
}

function* eventsOf({ thought, answer }: Parted): Generator<CompletionEvent> {
  if (thought !== '') yield { type: 'thought', text: thought };
  if (answer !== '') yield { type: 'text', text: answer };
}

interface Chunk {
  text: string;
  thought: string;
  finished: boolean;
}

function parseChunk(data: string): Chunk {
  let chunk: unknown;
  try {
    chunk = JSON.parse(data);
  } catch {
    throw new ChatError({
      code: 'reply_unreadable',
      message: `The gateway sent something that is not JSON: ${data.slice(0, 120)}`,
      fix: 'Try again; if it stays, run `ailab-web doctor`.',
    });
  }
  const failure = field(chunk, 'error');
  if (failure !== undefined) throw new ChatError(openAiError(failure, null));
  const choices = field(chunk, 'choices');
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const delta = field(choice, 'delta');
  const text = field(delta, 'content');
  const thought = field(delta, 'reasoning_content');
  return {
    text: typeof text === 'string' ? text : '',
    thought: typeof thought === 'string' ? thought : '',
    finished: typeof field(choice, 'finish_reason') === 'string',
  };
}

async function refusal(response: Response): Promise<Report> {
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    body = undefined;
  }
  const failure = field(body, 'error');
  if (failure !== undefined) return openAiError(failure, response.headers.get('retry-after'));
  return {
    code: `http_${response.status}`,
    message: `The gateway answered ${response.status} without saying why.`,
    fix: 'Try again; if it stays, run `ailab-web doctor`.',
  };
}

function openAiError(failure: unknown, retryAfter: string | null): Report {
  const message = field(failure, 'message');
  const code = field(failure, 'code') ?? field(failure, 'type');
  const fix = field(failure, 'fix');
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  const wait =
    Number.isFinite(seconds) && seconds > 0 ? `Try again in ${Math.ceil(seconds)} s.` : 'Try again.';
  return {
    code: typeof code === 'string' ? code : 'gateway',
    message: typeof message === 'string' ? message : 'The gateway refused without saying why.',
    fix: typeof fix === 'string' ? fix : wait,
  };
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[key] ?? undefined;
}
