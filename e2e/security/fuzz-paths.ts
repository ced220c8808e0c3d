/** Requests by which frameworks have been got round: seeded, so that a failure comes back with its number. */
import { DATA_ROUTES, PAGES, procedures } from '../support/procedures.ts';

export interface FuzzCase {
  method: string;
  /** The request target as latin1 bytes; it may hold what no client would send. */
  target: string;
  headers: [string, string][];
  body: string;
}

/** mulberry32: 32 bits of state, enough for a walk through path variants. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SUFFIXES = [
  '',
  '.js',
  '/.js',
  '/x.js',
  '%2ejs',
  '.css',
  '.json',
  '.txt',
  '.map',
  '.rsc',
  '/.rsc',
  '/index.rsc',
  '.prefetch.rsc',
  '.segments/_tree.segment.rsc',
  '.segments/_index.segment.rsc',
  '/index.txt',
  '/_next/static/x.js',
  '/healthz',
  '/login',
  '/',
  '//',
  '/.',
  '/..',
  '/../login',
  '%2f',
  '%5c',
  '\\',
  '.',
  '..',
  '%20',
  '%00',
  '\0',
  '\0.js',
  '%0a',
  '%0d%0aX: y',
  ';',
  ';.js',
  ';jsessionid=1',
  ';/login',
  '~',
  '!',
  '*',
  '|',
  '%',
  '%u002f',
  '%c0%af',
  '%ef%bc%8f',
  '\xe9',
  '#',
  '#/login',
  '?',
  '?.js',
  '?/_next/static/x.js',
  '?_rsc=1x2y',
  '?__nextDataReq=1',
  '?__nextLocale=en',
  '?nxtPtrpc=lab.status',
  '?nextInternalLocale=en',
  '?__nextFallback=true',
  '?batch=1&input=%7B%7D',
  '?input=%7B%7D',
  '?amp=1',
  '?token=x',
  '&x=.js',
];

const PREFIXES = [
  '',
  '/',
  '//',
  '/.',
  '/./',
  '/x/..',
  '/login/..',
  '/login/../',
  '/healthz/..',
  '/_next/static/..',
  '/_next/static/../..',
  '/_next/static/%2e%2e/%2e%2e',
  '/_next/static/..%2f..',
  '/_next/static/..;/..',
  '/_next/static/x.js/..',
  '/_next/data/x',
  '/_next/image?url=',
  '/_next',
  '/_next/',
  '/%2e',
  '/%2e%2e',
  '/%2f',
  '/%5c',
  '\\',
  '/\\',
  '/login;',
  '/login%2f..',
  '/login%00',
  '/;',
  '/;x=y',
  '/en',
  '/api/..',
  '/s/..',
  '/v1/..',
  'http://localhost',
  'http://evil.example',
  'login/',
  '*',
];

const HEADERS: [string, string][][] = [
  [['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware']],
  [['x-middleware-subrequest', 'src/middleware:src/middleware:src/middleware:src/middleware:src/middleware']],
  [
    ['x-middleware-subrequest', 'pages/_middleware'],
    ['x-middleware-subrequest-id', '0'],
  ],
  [['x-middleware-subrequest', 'proxy:proxy:proxy:proxy:proxy']],
  [
    ['x-middleware-rewrite', '/chat'],
    ['x-middleware-next', '1'],
  ],
  [
    ['x-middleware-override-headers', 'cookie'],
    ['x-middleware-request-cookie', 'x=y'],
  ],
  [
    ['x-middleware-prefetch', '1'],
    ['purpose', 'prefetch'],
  ],
  [
    ['x-middleware-invoke', '1'],
    ['x-invoke-path', '/chat'],
    ['x-invoke-output', '/chat'],
    ['x-invoke-status', '200'],
  ],
  [
    ['x-matched-path', '/chat'],
    ['x-now-route-matches', '1=chat'],
  ],
  [['x-nextjs-data', '1']],
  [
    ['x-nextjs-rewritten-path', '/chat'],
    ['x-nextjs-postponed', '1'],
  ],
  [
    ['x-prerender-revalidate', 'x'],
    ['x-prerender-bypass-mode', 'x'],
  ],
  [['rsc', '1']],
  [
    ['rsc', '1'],
    ['next-router-prefetch', '1'],
  ],
  [
    ['rsc', '1'],
    ['next-router-prefetch', '1'],
    ['next-router-segment-prefetch', '/_tree'],
  ],
  [
    ['rsc', '1'],
    ['next-router-prefetch', '2'],
    ['next-router-segment-prefetch', '/chat/__PAGE__'],
  ],
  [
    ['rsc', '1'],
    ['next-router-state-tree', '%5B%22%22%2C%7B%7D%5D'],
    ['next-url', '/chat'],
  ],
  [
    ['next-action', '40'.repeat(21)],
    ['next-url', '/chat'],
  ],
  [['next-resume', '1']],
  [
    ['x-original-url', '/api/trpc/lab.status'],
    ['x-rewrite-url', '/api/trpc/lab.status'],
  ],
  [
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-host', 'localhost'],
    ['x-real-ip', '127.0.0.1'],
  ],
  [
    ['x-http-method-override', 'GET'],
    ['x-method-override', 'GET'],
  ],
  [['authorization', 'Bearer ']],
  [['authorization', 'Bearer null']],
  [['authorization', 'Bearer undefined']],
  [['authorization', `Bearer ${'0'.repeat(64)}`]],
  [['authorization', 'Basic YWRtaW46YWRtaW4=']],
  [['authorization', 'bearer sk-ailab-']],
  [
    ['x-api-key', ''],
    ['api-key', 'null'],
  ],
  [['x-ailab-secret', '']],
  [
    ['x-ailab-secret', 'null'],
    ['x-ailab-caller', 'cli'],
  ],
  [
    ['accept', 'text/event-stream'],
    ['last-event-id', '0'],
  ],
  [['trpc-accept', 'application/jsonl']],
  [['connection', 'close, cookie, x-ailab-secret']],
  [['expect', '100-continue']],
  [['range', 'bytes=0-99']],
  [['if-none-match', '*']],
  [],
];

const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'HEAD',
  'OPTIONS',
  'PUT',
  'get',
  'QUERY',
  'PROPFIND',
];

/** `count` cases against a server on `port`; every base path is met first as it is, then in disguise. */
export function fuzzCases(count: number, seed: number, port: number): FuzzCase[] {
  const random = randomOf(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const bases = [
    ...procedures().map(({ path }) => path),
    ...procedures('query').map(
      ({ path }) => `${path},${path.slice('/api/trpc/'.length)}?batch=1&input=%7B%7D`,
    ),
    ...DATA_ROUTES.map(({ path }) => path),
    ...PAGES,
    '/login',
    '/healthz',
    '/s/0123456789abcdef0123456789abcdef',
    '/server.json',
    '/ailab.db',
    '/logs/embedded-runtime.log',
  ];
  const own: [string, string][] = [
    ['origin', `http://localhost:${port}`],
    ['sec-fetch-site', 'same-origin'],
  ];
  return Array.from({ length: count }, (_, index) => {
    const plain = index < bases.length;
    const base = plain ? (bases[index] ?? '/') : one(bases);
    const method = plain ? 'GET' : one(METHODS);
    // A third of them trust in the headers alone.
    const target = plain || random() < 0.33 ? base : disguise(base, random, one);
    const headers = [...(random() < 0.8 ? own : []), ...(plain ? [] : one(HEADERS))];
    const sendsBody = !['GET', 'HEAD', 'get'].includes(method);
    return {
      method,
      target,
      headers: sendsBody ? [...headers, ['content-type', 'application/json'] as [string, string]] : headers,
      body: sendsBody ? '{}' : '',
    };
  });
}

function disguise(base: string, random: () => number, one: <T>(list: readonly T[]) => T): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  const warped = one<(path: string) => string>([
    (path) => path,
    (path) => path,
    (path) => path.toUpperCase(),
    (path) => path.replace(/[a-z]/, (char) => char.toUpperCase()),
    (path) => path.replaceAll('/', '//'),
    (path) => path.replaceAll('/', '/./'),
    (path) => path.replaceAll('/', '%2f'),
    (path) => path.replaceAll('/', '\\'),
    (path) => path.replaceAll('.', '%2e'),
    (path) => path.replaceAll('.', '%252e'),
    (path) => [...path].map((char) => (char !== '/' && random() < 0.3 ? hex(char) : char)).join(''),
    (path) =>
      [...path]
        .map((char) => (char !== '/' && random() < 0.3 ? hex('%') + hex(char).slice(1) : char))
        .join(''),
    (path) => path.replace(/\w(?=\w*$)/, (char) => `${char}\0`),
    (path) => path.replace(/\/(\w+)/, '/$1;x=y'),
    (path) => `${path}/${'a/'.repeat(1 + Math.floor(random() * 2000))}`,
    (path) => `${path}?${'x'.repeat(Math.floor(random() * 40_000))}`,
  ])(base);
  return (random() < 0.5 ? one(PREFIXES) : '') + warped + (random() < 0.6 ? one(SUFFIXES) : '');
}
