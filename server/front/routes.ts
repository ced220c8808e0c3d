/** The manifest of everything this server answers. What is not here is 404 before anything looks at it. */

/**
 * What a route asks of its caller: `nothing`; `page` (the login's cookie: a shell without data); `data` (cookie and
 * secret, or the CLI); `program` (a key, or as `data`).
 */
export type Need = 'nothing' | 'page' | 'data' | 'program';
export type Handler = 'health' | 'login' | 'session' | 'gateway' | 'instruments' | 'share' | 'api' | 'next';

export interface Route {
  handler: Handler;
  need: Need;
  methods: readonly string[];
}

const READ = ['GET', 'HEAD'] as const;

const EXACT = new Map<string, Route>(
  Object.entries<Route>({
    '/healthz': { handler: 'health', need: 'nothing', methods: READ },
    '/login': { handler: 'next', need: 'nothing', methods: READ },
    '/auth/login': { handler: 'login', need: 'nothing', methods: ['POST'] },
    '/auth/session': { handler: 'session', need: 'data', methods: READ },
    '/metrics': { handler: 'instruments', need: 'program', methods: READ },
    '/v1/models': { handler: 'gateway', need: 'program', methods: READ },
    '/v1/chat/completions': { handler: 'gateway', need: 'program', methods: ['POST'] },
    '/v1/embeddings': { handler: 'gateway', need: 'program', methods: ['POST'] },
    '/v1/completions': { handler: 'gateway', need: 'program', methods: ['POST'] },
  }),
);

const PREFIXES: [string, Route][] = [
  ['/_next/static/', { handler: 'next', need: 'nothing', methods: READ }],
  // A share's own page: its link is the proof, and its handler knows nothing else.
  ['/s/', { handler: 'share', need: 'nothing', methods: READ }],
  ['/api/trpc/', { handler: 'api', need: 'data', methods: ['GET', 'HEAD', 'POST'] }],
];

/** Parts of Next that must never be reached from outside: the image optimizer, dev endpoints, anything new. */
const CLOSED = ['/api', '/v1', '/auth', '/s', '/metrics', '/healthz'];

/** Plain words joined by single slashes: no escapes, no dots as segments, no doubled or trailing slashes. */
const PLAIN_PATH = /^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~,-]*(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~,-]*)*)?$/;

export function findRoute(path: string): Route | undefined {
  // Those that are asked for most, at every check of a visit; all of them are plain.
  const exact = EXACT.get(path);
  if (exact !== undefined) return exact;
  if (!PLAIN_PATH.test(path)) return undefined;
  const prefixed = PREFIXES.find(([prefix]) => path.startsWith(prefix));
  if (prefixed !== undefined) return prefixed[1];
  if (path.startsWith('/_') || CLOSED.some((closed) => path === closed || path.startsWith(`${closed}/`)))
    return undefined;
  // Pages, and Next's not-found page for whatever isn't one: shells without data, behind a login all the same.
  return { handler: 'next', need: 'page', methods: READ };
}
