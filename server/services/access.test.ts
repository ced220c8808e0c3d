import { describe, expect, it } from 'vitest';
import { memoryDb } from '../testing/caller.ts';
import { createAccess } from './access.ts';

const SERVER = { port: 3000, cliSecret: 'c'.repeat(43) };
const reader = (headers: Record<string, string>) => (name: string) => headers[name];

function loggedIn() {
  const db = memoryDb();
  const access = createAccess(db, SERVER);
  const granted = access.redeem(access.mintToken(), 'Browser');
  if (granted === undefined) throw new Error('no login');
  return { db, access, ...granted };
}

describe('a login', () => {
  it('needs both the cookie and the secret', () => {
    const { access, cookie, secret } = loggedIn();
    const both = { cookie: `x=1; ailab_3000=${cookie}`, 'x-ailab-secret': secret };
    expect(access.identify(reader(both))).toMatchObject({ kind: 'login' });
    expect(access.identify(reader({ cookie: both.cookie }))).toBeNull();
    expect(access.identify(reader({ 'x-ailab-secret': secret }))).toBeNull();
    expect(access.identify(reader({ ...both, 'x-ailab-secret': `${secret}x` }))).toBeNull();
    expect(access.identify(reader({ ...both, cookie: `ailab_3001=${cookie}` }))).toBeNull();
    expect(access.hasCookie(reader({ cookie: both.cookie }))).toBe(true);
  });

  it('is not shut out by a cookie of its name that another port has set', () => {
    const { access, cookie, secret } = loggedIn();
    const header = { cookie: `ailab_3000=junk; ailab_3000=${cookie}`, 'x-ailab-secret': secret };
    expect(access.identify(reader(header))).toMatchObject({ kind: 'login' });
  });

  it('is given once for a token', () => {
    const access = createAccess(memoryDb(), SERVER);
    const token = access.mintToken();
    expect(access.redeem(token, '')).toBeDefined();
    expect(access.redeem(token, '')).toBeUndefined();
    expect(access.redeem('guess', '')).toBeUndefined();
  });

  it('ends when it is revoked', () => {
    const { access, cookie, secret } = loggedIn();
    const header = reader({ cookie: `ailab_3000=${cookie}`, 'x-ailab-secret': secret });
    const caller = access.identify(header);
    if (caller?.kind !== 'login') throw new Error('no login');
    expect(access.logins(caller)).toMatchObject([{ id: caller.id, current: true, userAgent: 'Browser' }]);
    access.revokeLogin(caller.id);
    expect(access.identify(header)).toBeNull();
    expect(() => access.revokeLogin(caller.id)).toThrow(/no login/);
  });

  it('outlives the server, in a database that holds no clear text', () => {
    const { db, cookie, secret } = loggedIn();
    const later = createAccess(db, { ...SERVER, cliSecret: 'd'.repeat(43) });
    expect(
      later.identify(reader({ cookie: `ailab_3000=${cookie}`, 'x-ailab-secret': secret })),
    ).not.toBeNull();
    const dump = db.$client.serialize().toString('latin1');
    for (const clear of [cookie, secret, SERVER.cliSecret]) expect(dump).not.toContain(clear);
  });
});

describe('a key', () => {
  it('is shown once, stored hashed, and good until it is revoked', () => {
    const db = memoryDb();
    const access = createAccess(db, SERVER);
    const key = access.createKey('editor');
    const header = reader({ authorization: `Bearer ${key.secret}` });
    expect(access.identify(header)).toEqual({ kind: 'key', id: key.id, name: 'editor' });
    expect(JSON.stringify(access.keys())).not.toContain(key.secret);
    expect(db.$client.serialize().toString('latin1')).not.toContain(key.secret);
    access.revokeKey(key.id);
    expect(access.identify(header)).toBeNull();
  });

  it.each([
    'Bearer ',
    'Bearer x y',
    'Basic abc',
    "Bearer ' OR 1=1 --",
    `Bearer ${'a'.repeat(500)}`,
    'Bearer \u00e9',
    'sk-ailab-x',
  ])('is not %s', (authorization) => {
    expect(createAccess(memoryDb(), SERVER).identify(reader({ authorization }))).toBeNull();
  });

  it('that is wrong is not made good by a login beside it', () => {
    const { access, cookie, secret } = loggedIn();
    const header = reader({
      authorization: 'Bearer wrong',
      cookie: `ailab_3000=${cookie}`,
      'x-ailab-secret': secret,
    });
    expect(access.identify(header)).toBeNull();
  });
});

it('knows the CLI by the secret of this server only', () => {
  const access = createAccess(memoryDb(), SERVER);
  expect(access.identify(reader({ authorization: `Bearer ${SERVER.cliSecret}` }))).toEqual({ kind: 'cli' });
  expect(
    createAccess(memoryDb(), undefined).identify(reader({ authorization: `Bearer ${SERVER.cliSecret}` })),
  ).toBeNull();
});
