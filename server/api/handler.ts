/** tRPC over node:http, by its own adapter. The front server hands over what has passed the gate. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import type { Caller, Engine } from '../engine/contract.ts';
import { FILE_CHARACTERS_MAX } from '../schemas/chat-file-limit.ts';
import { LIVE, streamLive } from './live-stream.ts';
import { appRouter } from './router.ts';

export const ENDPOINT = '/api/trpc/';

/** The largest input is a file of conversations, at three bytes a character; past it the answer is 413. */
const BODY_MAX = 3 * FILE_CHARACTERS_MAX;

export type ApiHandler = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** Answers below `/api/trpc/`; never rejects. `path` is without the query. */
export function createApiHandler(
  engine: Engine,
  identify: (request: IncomingMessage) => Caller | null,
): ApiHandler {
  return async (request, response, target) => {
    const path = target.slice(ENDPOINT.length);
    const createContext = () => ({ engine, caller: identify(request) });
    if (path === LIVE && request.method === 'GET' && (await streamLive(request, response, createContext)))
      return;
    await nodeHTTPRequestHandler({
      req: withBody(request),
      res: response,
      path,
      router: appRouter,
      createContext,
      maxBodySize: BODY_MAX,
      // Of its event streams tRPC says only that they change.
      responseMeta: () => ({ headers: new Headers({ 'Cache-Control': 'no-store' }) }),
    });
  };
}

/** A client without an input sends no body, and tRPC reads it as broken JSON: it is an input without fields. */
export function withBody<T extends Pick<IncomingMessage, 'method' | 'headers'>>(request: T): T {
  if (request.method !== 'POST' || request.headers['content-length'] !== '0') return request;
  return Object.assign(request, { body: '{}' });
}
