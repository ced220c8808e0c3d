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
    req: request,
    router: appRouter,
    createContext: () => ({ engine, caller: engine.identify((name) => request.headers.get(name)) }),
  });
}
