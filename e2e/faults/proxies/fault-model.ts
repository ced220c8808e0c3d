/**
 * A stand-in for llama-server that misbehaves on request: the body of a chat request says how, in `fault`. Without it
 * it answers as a good one. `GET /seen` tells what became of each request that carried a fault with an id.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { replyCase } from './reply-cases.ts';

const faultSchema = z.object({
  id: z.string(),
  kind: z.enum(['hang', 'slow', 'flood', 'bytes', 'prompt']),
  /** hang: silent after so many words (-1: before the headers). slow, prompt: milliseconds. */
  at: z.number().default(0),
  /** flood: bytes in all. slow: words. */
  size: z.number().default(0),
  seed: z.number().default(0),
});
export type ModelFault = z.input<typeof faultSchema>;
const bodySchema = z.looseObject({ stream: z.boolean().default(false), fault: faultSchema.optional() });

export interface Seen {
  /** Epoch milliseconds. */
  arrivedAt: number;
  closedAt: number | null;
  /** It came to its own end, and nobody hung up on it. */
  finished: boolean;
}

const FLAGS = '--alias --api-key-file --cache-ram --cors-origins --device --metrics --offline'.split(' ');
const seen = new Map<string, Seen>();
const epochNow = () => performance.timeOrigin + performance.now();

function word(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
}
const TIMINGS = {
  prompt_n: 3,
  prompt_ms: 1,
  predicted_n: 3,
  predicted_ms: 3,
  predicted_per_second: 1000,
};
const FINISH = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], timings: TIMINGS })}\n\ndata: [DONE]\n\n`;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://x');
  const json = (value: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (pathname === '/health') return void json({ status: 'ok' });
  if (pathname === '/seen') return void json(Object.fromEntries(seen));
  if (pathname === '/v1/models') return void json({ data: [{ id: alias, object: 'model' }] });
  if (request.method !== 'POST') return void response.writeHead(404).end();
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const body = bodySchema.parse(JSON.parse(text));
  if (body.fault !== undefined) return misbehave(body.fault, request, response);
  if (!body.stream)
    return void json({
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
      timings: TIMINGS,
    });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(word('Hello') + word(' there') + FINISH);
}

async function misbehave(
  given: ModelFault,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const fault = faultSchema.parse(given);
  const entry: Seen = { arrivedAt: epochNow(), closedAt: null, finished: false };
  seen.set(fault.id, entry);
  const gone = new AbortController();
  response.once('close', () => {
    entry.closedAt = epochNow();
    entry.finished = response.writableFinished;
    gone.abort();
  });
  if (fault.kind === 'bytes') return sendCase(fault.seed, request, response);
  if (fault.kind === 'hang' && fault.at < 0) return;
  if (fault.kind === 'prompt') {
    await sleep(fault.at, undefined, { signal: gone.signal }).catch(() => undefined);
    if (gone.signal.aborted) return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  if (fault.kind === 'flood') {
    const chunk = word('x'.repeat(16_000));
    for (let sent = 0; sent < fault.size && !gone.signal.aborted; sent += chunk.length)
      if (!response.write(chunk)) await drained(response, gone.signal);
  } else {
    const words = fault.kind === 'hang' ? fault.at : fault.size;
    for (let at = 0; at < words && !gone.signal.aborted; at += 1) {
      response.write(word(`w${at} `));
      if (fault.kind === 'slow')
        await sleep(fault.at, undefined, { signal: gone.signal }).catch(() => undefined);
    }
  }
  if (fault.kind !== 'hang' && !gone.signal.aborted) response.end(FINISH);
}

function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    gone.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function sendCase(seed: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, parts, end } = replyCase(seed);
  const { socket } = request;
  if (end === 'before-headers') return void socket.resetAndDestroy();
  if (end === 'raw') {
    for (const part of parts) socket.write(part);
    return void socket.end();
  }
  response.writeHead(status, headers);
  response.flushHeaders();
  for (const part of parts) {
    await new Promise((resolve) => response.write(part, resolve));
    // In packets of their own.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (end === 'end') return void response.end();
  await sleep(5);
  socket.resetAndDestroy();
}

const { argv } = process;
const value = (flag: string) => (argv.includes(flag) ? (argv[argv.indexOf(flag) + 1] ?? '') : '');
const alias = value('--alias');
if (argv.includes('--version')) {
  process.stderr.write('version: 0.0.0 (build 1, commit fault)\n');
} else if (argv.includes('--help')) {
  process.stdout.write(`${FLAGS.join('\n')}\n`);
} else {
  readFileSync(value('--api-key-file'));
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      response.destroy();
    });
  });
  server.listen(Number(value('--port')), '127.0.0.1');
}
