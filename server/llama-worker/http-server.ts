/** The OpenAI-compatible HTTP of our model server, on the loopback, behind its key; no CORS header, ever. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApiError, errorBody, invalidRequest } from './api-error.ts';
import { answer, type Serving } from './answer.ts';
import { embed, type EmbeddingServing } from './embeddings.ts';

const BODY_LIMIT = 8 * 1024 * 1024;

/** `serving` is undefined while the model is being loaded. */
export function createHttpServer(
  apiKey: string,
  serving: () => Serving | EmbeddingServing | undefined,
): Server {
  const expected = digest(`Bearer ${apiKey}`);
  return createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      const { status, body } = errorBody(error);
      if (response.headersSent) response.end(`data: ${JSON.stringify(body)}\n\n`);
      else sendJson(response, status, body);
    });
  });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0];
    const now = serving();
    if (path === '/health' || path === '/v1/health') {
      if (now === undefined) throw loading();
      return sendJson(response, 200, { status: 'ok' });
    }
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      throw new ApiError(401, 'authentication_error', 'Invalid API Key');
    if (now === undefined) throw loading();
    const call = `${request.method} ${path}`;
    if (call === 'GET /v1/models') return sendJson(response, 200, models(now));
    if (call === 'GET /slots') return sendJson(response, 200, slots(now));
    if (call === 'GET /metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(now.metrics.text(now.queue));
      return;
    }
    if ('embedder' in now) {
      if (call === 'POST /v1/embeddings') return embed(now, await readJson(request), response);
      throw new ApiError(501, 'not_supported_error', `This server makes embeddings; it has no ${call}.`);
    }
    if (call === 'POST /v1/chat/completions') return answer(now, 'chat', await readJson(request), response);
    if (call === 'POST /v1/completions') return answer(now, 'completion', await readJson(request), response);
    throw new ApiError(404, 'not_found_error', `There is no ${call} here.`);
  }
}

const loading = () => new ApiError(503, 'unavailable_error', 'Loading model');
const digest = (text: string) => createHash('sha256').update(text).digest();

const sizesOf = (now: Serving | EmbeddingServing) => ('embedder' in now ? now.embedder : now.engine);

function models(now: Serving | EmbeddingServing): object {
  const { modelName, startedAt } = now;
  const { contextSize, trainContextSize } = sizesOf(now);
  const meta = { n_ctx: contextSize, n_ctx_train: trainContextSize };
  const created = Math.floor(startedAt / 1000);
  return { object: 'list', data: [{ id: modelName, object: 'model', created, owned_by: 'llamacpp', meta }] };
}

/** Enough of llama-server's `/slots` to see whether work goes on, and how far it is. */
function slots(now: Serving | EmbeddingServing): object {
  const { queue, current } = now;
  return [
    {
      id: 0,
      n_ctx: sizesOf(now).contextSize,
      is_processing: queue.processing > 0,
      n_prompt_tokens: current.tally.promptTokens,
      n_prompt_tokens_cache: current.tally.cached,
      next_token: [{ n_decoded: current.tally.generated }],
    },
  ];
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length']) > BODY_LIMIT) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw invalidRequest(`The body is not JSON: ${(error as Error).message}`);
  }
}

const tooLarge = () => new ApiError(413, 'invalid_request_error', `The body is over ${BODY_LIMIT} bytes.`);

export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...(status >= 400 ? { connection: 'close' } : {}),
  });
  response.end(text);
}
