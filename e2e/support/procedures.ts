/** The router's procedures, read from the router itself, so that none can be forgotten. */
import { appRouter } from '../../server/api/router.ts';

export type Kind = 'query' | 'mutation' | 'subscription';

export interface Procedure {
  /** E.g. `lab.down`. */
  name: string;
  kind: Kind;
  /** Its address, e.g. `/api/trpc/lab.down`. */
  path: string;
}

export function procedures(kind?: Kind): Procedure[] {
  const all = Object.entries(
    appRouter._def.procedures as unknown as Record<string, { _def: { type: Kind } }>,
  ).map(([name, procedure]) => ({ name, kind: procedure._def.type, path: `/api/trpc/${name}` }));
  const found = kind === undefined ? all : all.filter((procedure) => procedure.kind === kind);
  if (found.length === 0) throw new Error(`the router has no ${kind ?? 'procedure'}`);
  return found;
}

/** The address of a query with its input. */
export function queryPath(name: string, input?: unknown): string {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return `/api/trpc/${name}${query}`;
}

/** Everything else that holds data, beside the procedures. */
export const DATA_ROUTES = [
  { method: 'GET', path: '/auth/session' },
  { method: 'GET', path: '/metrics' },
  { method: 'GET', path: '/v1/models' },
  { method: 'POST', path: '/v1/chat/completions' },
  { method: 'POST', path: '/v1/completions' },
] as const;

/** The dashboard's pages: shells without data. */
export const PAGES = [
  '/',
  '/chat',
  '/charts',
  '/activity',
  '/lock',
  '/hooks',
  '/hooks/none',
  '/logs',
  '/plan',
  '/share',
  '/connect',
  '/settings',
  '/nowhere',
] as const;
