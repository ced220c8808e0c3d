/** One request to the runtime: bytes in, bytes out, with back-pressure, and the numbers read on the way. */
import type { ServerResponse } from 'node:http';
import type { ChunkGaps } from '../lib/chunk-gaps.ts';
import type { Health } from '../schemas/lab.ts';
import type { Reasoning } from '../schemas/chat.ts';
import type { LedgerRow } from '../schemas/metrics.ts';
import { createBodyMeter, createStreamMeter, type Meter, type ReplyNumbers } from './meter.ts';
import { send, type Post } from './connections.ts';
import type { ReplyHead } from './http-reply.ts';
import { sendOpenAiError } from './openai-error.ts';

export interface Endpoint {
  /** E.g. `http://127.0.0.1:18080`. */
  baseUrl: string;
  apiKey: string;
  modelName: string;
  health: Health;
  startedAt: number | null;
}

/** What became of a request. */
export interface Passage {
  status: number;
  outcome: LedgerRow['outcome'];
  errorCode: string | null;
  errorMessage: string | null;
  /** Milliseconds from the arrival to the first token; of streamed replies only. */
  ttftMs: number | null;
  numbers: ReplyNumbers;
  /** The reply's words, when they were to be kept. */
  text: string;
  reasoning: Reasoning | null;
  /** Between the chunks of a stream; null where nothing streamed. */
  gaps: ChunkGaps | null;
}

export interface Forwarding {
  endpoint: Endpoint;
  path: string;
  body: Buffer;
  streamed: boolean;
  /**
   * Present: the reply is kept and goes on when its client goes away. Called at its beginning, with what stops it;
   * the answer is called whenever it has grown.
   */
  keep?: ((reply: Meter, stop: () => void) => () => void) | undefined;
  response: ServerResponse;
  /** `performance.now()` at the request's arrival. */
  begun: number;
  /** Is the runtime still said to be well? Asked while it is silent, so that a paused one doesn't hold its clients. */
  isWell(): boolean;
  /** How often it is asked, in milliseconds; a second unless told. */
  wellEveryMs?: number | undefined;
  silence?: Silence | undefined;
  /** Aborted when this server ends: what streams then is told so. */
  closing?: AbortSignal | undefined;
}

/** How long a runtime that is well may say nothing before it counts as stuck, in milliseconds. */
export interface Silence {
  /** Until the first token, or for a whole reply that does not stream: a slow prompt on a laptop is not stuck. */
  firstMs: number;
  /** Between two pieces of a stream: a long prompt of another request may come between them. */
  betweenMs: number;
}

const SILENCE: Silence = { firstMs: 600_000, betweenMs: 120_000 };
const WELL_EVERY_MS = 1000;

/** Resolves when the passage is over, however it ended; never rejects. */
export function forward(job: Forwarding): Promise<Passage> {
  return new Promise((resolve) => {
    const { response } = job;
    // First of all: what follows is done while the runtime works.
    const upstream = send(postOf(job), { head: begin, body: passOn, failed });
    const meter: Meter = job.streamed ? createStreamMeter(job.keep !== undefined) : createBodyMeter();
    let ttftMs: number | null = null;
    let settled = false;
    let status = 502;

    const settle = (
      settledStatus: number,
      outcome: Passage['outcome'],
      error?: { code: string; message: string },
    ) => {
      if (settled) return;
      settled = true;
      stopWatching();
      resolve({
        status: settledStatus,
        outcome,
        errorCode: error?.code ?? null,
        errorMessage: error?.message ?? null,
        ttftMs,
        numbers: meter.numbers,
        text: meter.text,
        reasoning: meter.reasoning,
        gaps: meter.gaps,
      });
    };

    const { wellEveryMs = WELL_EVERY_MS, silence = SILENCE } = job;
    let heardAt = performance.now();
    let sick = false;
    /** Why this side gave up; null while it has not. */
    let gaveUp: string | null = null;
    const giveUp = (why: string) => {
      gaveUp = why;
      upstream.destroy();
      failed(new Error(why));
    };
    const watch = setInterval(() => {
      // A client that does not read makes the runtime wait; that is no silence of the runtime.
      if (kept === undefined && response.writableNeedDrain) heardAt = performance.now();
      const silentMs = performance.now() - heardAt;
      const limitMs = job.streamed && meter.started ? silence.betweenMs : silence.firstMs;
      if (silentMs > limitMs) giveUp(`it has said nothing for ${Math.round(limitMs / 1000)} s`);
      if (silentMs < wellEveryMs || job.isWell()) return;
      sick = true;
      giveUp('it does not answer its health check');
    }, wellEveryMs).unref();
    const end = () => {
      const message = 'The dashboard has ended in the middle of the reply; the lab itself goes on.';
      if (response.headersSent) breakOff(job, message);
      else sendOpenAiError(response, { status: 503, code: 'server_ended', message, retryAfter: 5 });
      upstream.destroy();
      settle(503, meter.started ? 'partial' : 'error', { code: 'server_ended', message });
    };
    const unlessClosed = whenAborted(job.closing, end);
    const cancel = () => {
      upstream.destroy();
      settle(499, 'cancelled');
    };
    const kept = job.streamed ? job.keep : undefined;
    const grown = kept?.(meter, () => {
      cancel();
      if (response.writable) response.end('data: [DONE]\n\n');
    });
    if (response.destroyed && kept === undefined) {
      cancel();
      return;
    }
    response.once('close', () => {
      if (!response.writableFinished && kept === undefined) cancel();
    });

    function begin(head: ReplyHead, more: boolean): void {
      ({ status } = head);
      response.writeHead(status, passedHeaders(head));
      // Tokens may be waited for: the headers tell the client that it was heard, unless they can go with the first of them.
      const begunReply = heardAt;
      if (more) return;
      setImmediate(() => {
        if (!response.destroyed && heardAt === begunReply) response.flushHeaders();
      });
    }

    /** The client first: what is counted is counted when its bytes are on their way. */
    function passOn(piece: Buffer, ended: boolean): void {
      heardAt = performance.now();
      if (!response.destroyed) {
        if (ended) endWith(response, piece);
        // A kept reply waits for no client: others may follow it.
        else if (!writeNow(response, piece) && kept === undefined) {
          upstream.pause();
          response.once('drain', upstream.resume);
        }
      }
      if (!ended) {
        count(piece);
        return;
      }
      stopWatching();
      // Other replies of this turn go out before this one is counted; nothing can ask for its numbers sooner.
      setImmediate(() => {
        count(piece);
        meter.end();
        settle(status, ...verdict(status, meter));
      });
    }

    function count(piece: Buffer): void {
      meter.feed(piece);
      if (job.streamed && ttftMs === null && meter.started) ttftMs = heardAt - job.begun;
      grown?.();
    }

    function stopWatching(): void {
      clearInterval(watch);
      unlessClosed();
    }

    function failed(error: Error): void {
      if (settled) return;
      if (!response.headersSent) {
        const message = `The runtime broke off: ${error.message}.`;
        const told = { status: sick ? 503 : 502, code: 'runtime_unreachable', message };
        sendOpenAiError(response, { ...told, retryAfter: 2 });
        settle(told.status, meter.started ? 'partial' : 'error', told);
        return;
      }
      meter.end();
      const why = gaveUp === null ? '' : `: ${gaveUp}`;
      const message = `The runtime broke off in the middle of the reply${why}.`;
      breakOff(job, message);
      settle(status, meter.started ? 'partial' : 'error', { code: 'runtime_broke_off', message });
    }
  });
}

const listening = new WeakMap<AbortSignal, Set<() => void>>();

/** The answer takes it back. One listener for all: a signal's own are slow to come and go with every request. */
function whenAborted(signal: AbortSignal | undefined, call: () => void): () => void {
  if (signal === undefined) return () => undefined;
  let calls = listening.get(signal);
  if (calls === undefined) {
    const all = (calls = new Set<() => void>());
    listening.set(signal, all);
    signal.addEventListener('abort', () => [...all].forEach((each) => each()), { once: true });
  }
  const known = calls.add(call);
  return () => void known.delete(call);
}

/** Up to this size, a whole reply leaves as one string, with its head: node writes a head and a buffer much slower. */
const TEXT_MAX = 8 * 1024;

function endWith(response: ServerResponse, piece: Buffer): void {
  if (piece.length <= TEXT_MAX && !response.chunkedEncoding) response.end(piece.toString('latin1'), 'latin1');
  else response.end(piece);
}

/** In this turn: a response by itself waits for its end. False when its client is slow, and 'drain' is to be waited for. */
function writeNow(response: ServerResponse, piece: Buffer): boolean {
  const { socket } = response;
  socket?.cork();
  response.write(piece);
  socket?.uncork();
  return response.writableLength < response.writableHighWaterMark;
}

function postOf({ path, endpoint, body, streamed }: Forwarding): Post {
  return {
    baseUrl: endpoint.baseUrl,
    path,
    body,
    headers: {
      'content-type': 'application/json',
      accept: streamed ? 'text/event-stream' : 'application/json',
      authorization: `Bearer ${endpoint.apiKey}`,
    },
  };
}

function verdict(status: number, meter: Meter): [Passage['outcome'], { code: string; message: string }?] {
  if (status >= 400)
    return ['error', { code: `runtime_${status}`, message: `The runtime answered ${status}.` }];
  if (meter.failed)
    return ['partial', { code: 'runtime_error', message: 'The runtime reported an error in the reply.' }];
  if (meter.complete) return ['ok'];
  return ['partial', { code: 'incomplete', message: 'The reply ended before it was complete.' }];
}

/** A stream that can't go on says so in an event, and leaves `[DONE]` out; a JSON body is cut off. */
function breakOff(job: Forwarding, message: string): void {
  if (job.streamed && job.response.writable) {
    const error = { message, type: 'server_error', param: null, code: 'runtime_broke_off' };
    job.response.end(`data: ${JSON.stringify({ error })}\n\n`);
  } else {
    job.response.destroy();
  }
}

/** What the client needs to read the body; nothing else of the runtime's answer, and none of its CORS headers. */
function passedHeaders({ headers }: ReplyHead): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of ['content-type', 'content-length', 'retry-after'] as const) {
    const value = headers.get(name);
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
