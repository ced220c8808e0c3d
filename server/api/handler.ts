/** tRPC over the web Request that Next hands us. The engine was put in place by the front server. */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Engine } from '../engine/contract.ts';
import { singleton } from '../lib/singleton.ts';
import { appRouter } from './router.ts';

export function handleTrpc(request: Request): Promise<Response> {
  const engine = singleton<Engine>('engine').get();
  if (engine === undefined)
    return Promise.resolve(new Response('The engine is not started.', { status: 503 }));
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: withBody(request),
    router: appRouter,
    createContext: () => ({ engine, caller: engine.identify((name) => request.headers.get(name)) }),
  });
}

/** A client without an input sends no body, and tRPC reads it as broken JSON: it is an input without fields. */
export function withBody(request: Request): Request {
  if (request.method !== 'POST' || request.headers.get('content-length') !== '0') return request;
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body: '{}' });
}
