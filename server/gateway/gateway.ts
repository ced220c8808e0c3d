/**
 * The gateway: OpenAI's API on the raw server, in front of the runtime. Bytes pass through untouched in both
 * directions; every request is metered into the ledger; a client that goes away stops the generation.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Caller } from '../engine/contract.ts';
import type { ChunkGaps } from '../lib/chunk-gaps.ts';
import { harmless } from '../lib/harmless.ts';
import { newId } from '../lib/id.ts';
import { BodyTooLarge, readBody } from '../lib/read-body.ts';
import type { LedgerRow } from '../schemas/metrics.ts';
import type { ReplyEnd } from '../services/chats.ts';
import type { LiveReplies } from '../services/live-replies.ts';
import { EMBEDDINGS_PATH, NOT_CONFIGURED, refuseEmbeddings } from './embeddings.ts';
import { sendOpenAiError, type OpenAiError } from './openai-error.ts';
import { UNKNOWN, type ReplyNumbers } from './meter.ts';
import { forward, type Endpoint, type Passage, type Silence } from './forward.ts';
import { parseJson } from '../lib/json.ts';

const BODY_MAX = 32 * 1024 * 1024;
const ALIAS = 'default';
export const MESSAGE_HEADER = 'x-ailab-message';

const requestBody = z.object({
  model: z.string().max(400).optional(),
  stream: z.boolean().nullish(),
});

export interface GatewayParts {
  /** The runtime as it is now, or null when none runs. */
  endpoint(): Endpoint | null;
  /** The same of the embeddings server, and whether the lab asks for one. Absent: it does not. */
  embeddings?: { endpoint(): Endpoint | null; isAsked(): Promise<boolean> };
  identify(request: IncomingMessage): Caller | null;
  /** A request has come to the runtime; the answer is called when it has left it. */
  begin(): () => number | null;
  /** `gaps`: between the chunks of a streamed reply; `joules`: what `begin`'s answer told. */
  record(row: LedgerRow, gaps: ChunkGaps | null, joules: number | null): void;
  /** For tests: how often a silent runtime's health is looked at. */
  wellEveryMs?: number;
  silence?: Silence | undefined;
  /** Aborted when this server ends. */
  closing?: AbortSignal;
  /** Conversations of the browser's chat. */
  replies: Pick<LiveReplies, 'awaits' | 'begin' | 'end'>;
}

/** The answer resolves when the request is counted. */
export function createGateway(parts: GatewayParts) {
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const caller = parts.identify(request);
    if (caller === null) {
      sendOpenAiError(response, {
        status: 401,
        code: 'invalid_api_key',
        message: 'No valid key came with this request.',
      });
      return;
    }
    if (path === '/v1/models') {
      listModels(response, [parts.endpoint(), parts.embeddings?.endpoint() ?? null]);
      return;
    }
    await complete(parts, caller, request, response, path);
  };
}

async function complete(
  parts: GatewayParts,
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const startedAt = Date.now();
  const begun = performance.now();
  const embeds = path === EMBEDDINGS_PATH;
  const current = () => (embeds ? (parts.embeddings?.endpoint() ?? null) : parts.endpoint());
  const endpoint = current();
  const messageId = awaitedMessage(parts, caller, request);
  const settle = (passage: Passage, model: string, streamed: boolean, joules: number | null = null) => {
    const row = toRow(passage, {
      startedAt,
      path,
      model,
      caller,
      userAgent: userAgentOf(request),
      streamed,
      durationMs: performance.now() - begun,
    });
    parts.record(row, passage.gaps, joules);
    if (messageId !== undefined) parts.replies.end(messageId, toReply(passage, row));
  };
  const reject = (error: OpenAiError, model: string) => {
    sendOpenAiError(response, error);
    settle(
      { ...REFUSED, status: error.status, errorCode: error.code, errorMessage: error.message },
      model,
      false,
    );
  };

  let body: Buffer;
  try {
    body = await readBody(request, BODY_MAX);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) return;
    response.setHeader('Connection', 'close');
    reject({ status: 413, code: 'body_too_large', message: error.message }, 'unknown');
    return;
  }
  const json = parseJson(body.toString('utf8'));
  const parsed = requestBody.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue?.path.join('.') ?? '';
    reject(
      {
        status: 400,
        code: 'invalid_request',
        param,
        message: `The body is not a valid request: ${param} ${issue?.message ?? ''}`.trim(),
      },
      'unknown',
    );
    return;
  }
  const model = endpoint?.modelName ?? parsed.data.model ?? ALIAS;
  const off = embeds && endpoint === null && (await parts.embeddings?.isAsked()) !== true;
  const problem =
    (off ? NOT_CONFIGURED : unavailable(endpoint, embeds ? 'embeddings server' : 'model')) ??
    unknownModel(parsed.data.model, endpoint) ??
    (embeds ? refuseEmbeddings(json) : undefined);
  if (endpoint === null || problem !== undefined) {
    reject(problem ?? notRunning('model'), model);
    return;
  }
  const streamed = !embeds && parsed.data.stream === true;
  const passing = forward({
    endpoint,
    path,
    body,
    streamed,
    keep: messageId === undefined ? undefined : (reply, stop) => parts.replies.begin(messageId, reply, stop),
    response,
    begun,
    isWell: () => current()?.health === 'healthy',
    wellEveryMs: parts.wellEveryMs,
    silence: parts.silence,
    closing: parts.closing,
  });
  const end = parts.begin();
  const passage = await passing;
  settle(passage, model, streamed, end());
}

const REFUSED: Passage = {
  status: 0,
  outcome: 'error',
  errorCode: null,
  errorMessage: null,
  ttftMs: null,
  numbers: UNKNOWN,
  text: '',
  reasoning: null,
  gaps: null,
};

const notRunning = (what: string): OpenAiError => ({
  status: 503,
  code: 'model_not_running',
  message: `No ${what} is running. Start the lab on the Overview page, or run \`ailab-web up\`.`,
  retryAfter: 5,
});

function unavailable(endpoint: Endpoint | null, who: string): OpenAiError | undefined {
  if (endpoint === null) return notRunning(who);
  if (endpoint.health === 'healthy') return undefined;
  const what =
    endpoint.health === 'starting' ? `The ${who} is still loading.` : `The ${who} is ${endpoint.health}.`;
  return {
    status: 503,
    code: 'model_not_ready',
    message: `${what} Try again in a moment; the Overview page says more.`,
    retryAfter: 2,
  };
}

function unknownModel(asked: string | undefined, endpoint: Endpoint | null): OpenAiError | undefined {
  if (asked === undefined || asked === ALIAS || asked === endpoint?.modelName) return undefined;
  return {
    status: 404,
    code: 'model_not_found',
    param: 'model',
    message: `There is no model '${asked}' here. This lab serves '${endpoint?.modelName}', also as '${ALIAS}'.`,
  };
}

function listModels(response: ServerResponse, endpoints: readonly (Endpoint | null)[]): void {
  const running = endpoints.filter((endpoint) => endpoint !== null);
  // One model may do both.
  const data = [...new Map(running.map((endpoint) => [endpoint.modelName, endpoint])).values()].map(
    ({ modelName: id, startedAt }) => ({
      id,
      object: 'model',
      created: Math.floor((startedAt ?? 0) / 1000),
      owned_by: 'ailab-web',
    }),
  );
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ object: 'list', data }));
}

/** Only the browser's own chat may name a conversation's reply, and only one that waits for its words. */
function awaitedMessage(parts: GatewayParts, caller: Caller, request: IncomingMessage): string | undefined {
  const id = request.headers[MESSAGE_HEADER];
  if (caller.kind !== 'login' || typeof id !== 'string' || !parts.replies.awaits(id)) return undefined;
  return id;
}

interface Circumstances {
  startedAt: number;
  path: string;
  model: string;
  caller: Caller;
  userAgent: string | null;
  streamed: boolean;
  durationMs: number;
}

function toRow(passage: Passage, at: Circumstances): LedgerRow {
  return {
    id: newId(at.startedAt),
    startedAt: at.startedAt,
    route: at.path,
    model: at.model,
    caller:
      at.caller.kind === 'key' ? `key: ${at.caller.name}` : at.caller.kind === 'cli' ? 'cli' : 'browser',
    streamed: at.streamed,
    status: passage.status,
    outcome: passage.outcome,
    errorCode: passage.errorCode,
    ttftMs: passage.ttftMs,
    durationMs: at.durationMs,
    ...passage.numbers,
    queueMs: queueMs(passage.numbers, at.durationMs),
    lockSha256: null,
    cost: null,
    userAgent: at.userAgent,
  };
}

const USER_AGENT_MAX = 200;

/** Text of a stranger, for people to read: harmless and short. */
function userAgentOf(request: IncomingMessage): string | null {
  const text = harmless(request.headers['user-agent'] ?? '').trim();
  return text === '' ? null : text.slice(0, USER_AGENT_MAX);
}

/** What remains when the runtime's own times are taken off; null where it told none. */
function queueMs({ promptMs, generationMs }: ReplyNumbers, durationMs: number): number | null {
  if (promptMs === null || generationMs === null) return null;
  return Math.max(0, durationMs - promptMs - generationMs);
}

const REPLY_STATES = { ok: 'done', cancelled: 'stopped', partial: 'failed', error: 'failed' } as const;

function toReply(passage: Passage, row: LedgerRow): ReplyEnd {
  const { ttftMs, durationMs, promptTokens, cachedTokens, completionTokens, tokensPerSecond } = row;
  return {
    content: passage.text,
    reasoning: passage.reasoning,
    state: REPLY_STATES[passage.outcome],
    model: row.model,
    metrics: {
      requestId: row.id,
      ttftMs,
      durationMs,
      promptTokens,
      cachedTokens,
      completionTokens,
      tokensPerSecond,
    },
    error: passage.errorMessage,
  };
}
