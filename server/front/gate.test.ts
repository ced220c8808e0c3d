import { describe, expect, it } from 'vitest';
import { visit, type VisitLike } from '../testing/caller.ts';
import { examine, type GateContext } from './gate.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const OWN = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3000' };

function context(over: Partial<GateContext> = {}): GateContext {
  return { port: 3000, extraHosts: [], identify: () => ({ kind: 'login' }), hasCookie: () => true, ...over };
}

const verdict = (like: VisitLike, over: Partial<GateContext> = {}) =>
  examine(visit(like), context(over))?.status ?? 'pass';

describe('the Host list', () => {
  it.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000'])('passes %s', (host) => {
    expect(verdict({ hosts: [host] })).toBe('pass');
  });

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost',
    'localhost:3001',
    'localhost.:3000',
    'LOCALHOST:3000',
    'localhost.evil:3000',
    '127.0.0.1.nip.io:3000',
    '0.0.0.0:3000',
    '[::ffff:127.0.0.1]:3000',
    'app.localhost:3000',
    'localhost:03000',
    'localhost:3000,evil.example',
    'user@localhost:3000',
    '',
    ' localhost:3000',
    '127.1:3000',
    '2130706433:3000',
    '0x7f.1:3000',
    '[::]:3000',
    '[0:0:0:0:0:0:0:1]:3000',
  ])('refuses %s', (host) => {
    expect(verdict({ hosts: [host] })).toBe(421);
  });

  it('refuses two Host headers and none', () => {
    expect(verdict({ hosts: ['localhost:3000', 'localhost:3000'] })).toBe(421);
    expect(verdict({ hosts: [] })).toBe(421);
  });

  it('passes a name that the user has configured, with our port only', () => {
    expect(verdict({ hosts: ['lab.test:3000'] }, { extraHosts: ['lab.test'] })).toBe('pass');
    expect(verdict({ hosts: ['lab.test'] }, { extraHosts: ['lab.test'] })).toBe(421);
  });

  it('knows its bare names on port 80, where clients leave the port out', () => {
    const post = { method: 'POST', target: '/api/trpc/lab.down', hosts: ['localhost'] };
    const from = (origin: string) => ({ ...post, headers: { ...JSON_TYPE, origin } });
    expect(verdict(from('http://localhost'), { port: 80 })).toBe('pass');
    expect(verdict(from('http://localhost:3000'), { port: 80 })).toBe(403);
    expect(verdict({ hosts: ['evil.example'] }, { port: 80 })).toBe(421);
  });

  it('refuses a target that is no path', () => {
    expect(verdict({ target: 'http://localhost:3000/' })).toBe(400);
    expect(verdict({ target: '//evil.example/' })).toBe(400);
    expect(verdict({ method: 'OPTIONS', target: '*' })).toBe(400);
  });
});

it('talks to this machine only', () => {
  expect(verdict({ remoteAddress: '192.168.1.5' })).toBe(403);
  expect(verdict({ remoteAddress: '::ffff:127.0.0.1' })).toBe('pass');
});

describe('the origin of a change', () => {
  const post = { method: 'POST', target: '/api/trpc/lab.down' };

  it('passes our own page', () => {
    expect(verdict({ ...post, headers: { ...JSON_TYPE, ...OWN } })).toBe('pass');
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8080' },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:8080' },
    { origin: 'https://localhost:3000' },
    {},
  ])('refuses %o', (headers) => {
    expect(verdict({ ...post, headers: { ...JSON_TYPE, ...headers } as Record<string, string> })).toBe(403);
  });

  it('passes a program by the credential in its header, but never from a foreign page', () => {
    const authorization = 'Bearer x';
    expect(verdict({ ...post, headers: { ...JSON_TYPE, authorization } })).toBe('pass');
    expect(
      verdict({ ...post, headers: { ...JSON_TYPE, authorization, origin: 'https://evil.example' } }),
    ).toBe(403);
    expect(
      verdict({ ...post, headers: { ...JSON_TYPE, authorization, 'sec-fetch-site': 'same-site' } }),
    ).toBe(403);
  });

  it('refuses a foreign read of data, but lets a link lead to a page', () => {
    const data = { target: '/api/trpc/lab.status' };
    expect(
      verdict({ ...data, headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }),
    ).toBe(403);
    expect(
      verdict({ target: '/chat', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } }),
    ).toBe('pass');
  });
});

it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', ''])(
  'takes no change as %s',
  (type) => {
    const headers = { ...OWN, 'content-type': type };
    expect(verdict({ method: 'POST', target: '/api/trpc/lab.down', headers })).toBe(415);
  },
);

it.each([{}, { origin: 'null' }, { origin: 'https://evil.example' }, { origin: 'http://localhost:3001' }])(
  'refuses a web socket with %o',
  (headers) => {
    expect(verdict({ kind: 'upgrade', headers: headers as Record<string, string> })).toBe(403);
  },
);

describe('deny by default', () => {
  it.each([
    '/_next/image?url=x',
    '/_next/data/x.json',
    '/_next',
    '/api',
    '/api/other',
    '/api/trpc',
    '/v1',
    '/v1/other',
    '/v1/models/',
    '/api/trpc/../x',
    '/chat%2e',
    '/%2e%2e/',
    '/chat//x',
    '/chat\\x',
    '/.env',
    '/chat/.rsc',
    '/__nextjs_font/x',
  ])('%s is nothing', (target) => {
    expect(verdict({ target })).toBe(404);
  });

  it('names the methods that a route has', () => {
    expect(verdict({ method: 'DELETE', target: '/chat', headers: { ...JSON_TYPE, ...OWN } })).toBe(405);
    expect(verdict({ method: 'POST', target: '/v1/models', headers: { ...JSON_TYPE, ...OWN } })).toBe(405);
  });
});

describe('the login', () => {
  const nobody = { identify: () => null, hasCookie: () => false };

  it.each([
    '/',
    '/chat',
    '/settings',
    '/nothing-of-that-name',
    '/icon.svg',
    '/api/trpc/lab.status',
    '/v1/models',
    '/metrics',
    '/auth/session',
  ])('%s asks for it', (target) => {
    expect(verdict({ target }, nobody)).toBe(401);
  });

  it.each(['/login', '/healthz', '/_next/static/chunks/a.js'])('%s does not', (target) => {
    expect(verdict({ target }, nobody)).toBe('pass');
  });

  it('gives a cookie alone a page without data, and nothing else', () => {
    const cookieOnly = { identify: () => null, hasCookie: () => true };
    expect(verdict({ target: '/chat' }, cookieOnly)).toBe('pass');
    expect(verdict({ target: '/api/trpc/lab.status' }, cookieOnly)).toBe(401);
    expect(verdict({ target: '/v1/models' }, cookieOnly)).toBe(401);
  });

  it('lets a key into /v1 and /metrics, and nowhere else', () => {
    const key = { identify: () => ({ kind: 'key' as const }), hasCookie: () => false };
    expect(verdict({ target: '/v1/models' }, key)).toBe('pass');
    expect(verdict({ target: '/metrics' }, key)).toBe('pass');
    expect(verdict({ target: '/api/trpc/access.keys' }, key)).toBe(401);
    expect(verdict({ target: '/chat' }, key)).toBe(401);
  });
});
