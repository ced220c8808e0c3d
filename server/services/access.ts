/**
 * Who may come in. Browsers: a one-time token, swapped for a cookie and a secret that are both needed. Programs: a
 * key. The CLI: the secret in the home. Only SHA-256 of each is stored; the clear text is shown once.
 */
import { hash as digestOf, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Db } from '../../db/client.ts';
import * as store from '../../db/queries/access.ts';
import type { Caller, HeaderReader } from '../engine/contract.ts';
import { LabError } from '../lib/errors.ts';
import { newId } from '../lib/id.ts';
import { writeIfPossible } from './patient-write.ts';
import type { ApiKey, Login } from '../schemas/access.ts';

const LOGIN_DAYS = 30;
const DAY_MS = 86_400_000;
const TOKEN_TTL_MS = 3_600_000;
/** "Last used" is told to the minute; writing it on each request would cost a disk sync each. */
const TOUCH_EVERY_MS = 60_000;

export const SECRET_HEADER = 'x-ailab-secret';
export const cookieName = (port: number) => `ailab_${port}`;

export interface ServerIdentity {
  port: number;
  /** Secret of the CLI, kept in the home (0600) while the server runs. */
  cliSecret: string;
}

export type Access = ReturnType<typeof createAccess>;

export function createAccess(db: Db, server: ServerIdentity | undefined) {
  /** Hashes of launch tokens that were not swapped yet, with the time at which they end. */
  const tokens = new Map<string, number>();
  /** Keys by hash, as each request asks for its own; this process alone changes them, and forgets them all when it does. */
  const keys = new Map<string, store.ApiKeyRow>();
  const findKey = (hash: string): store.ApiKeyRow | undefined => {
    const row = keys.get(hash) ?? store.findKey(db, hash);
    if (row !== undefined) keys.set(hash, row);
    return row;
  };
  const cliHash = server === undefined ? undefined : sha256(server.cliSecret);
  store.deleteExpiredLogins(db, Date.now());

  const loginOf = (header: HeaderReader): store.LoginRow | undefined => {
    if (server === undefined) return undefined;
    // Another port of this host can set a cookie of our name beside ours; it must not lock the browser out.
    const rows = readCookies(header('cookie'), cookieName(server.port)).map((cookie) =>
      store.findLogin(db, sha256(cookie)),
    );
    const row = rows.find((found) => found !== undefined);
    const now = Date.now();
    if (row === undefined || row.expiresAt <= now) return undefined;
    if (now - row.lastSeenAt > TOUCH_EVERY_MS)
      writeIfPossible('a login', () => store.touchLogin(db, row.id, now));
    return row;
  };

  const byBearer = (header: HeaderReader): Caller | null => {
    const bearer = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header('authorization') ?? '')?.[1];
    if (bearer === undefined) return null;
    const hash = sha256(bearer);
    if (!keys.has(hash) && cliHash !== undefined && sameText(hash, cliHash)) return { kind: 'cli' };
    const row = findKey(hash);
    if (row === undefined) return null;
    const now = Date.now();
    if (now - (row.lastUsedAt ?? 0) > TOUCH_EVERY_MS) {
      writeIfPossible('a key', () => store.touchKey(db, row.id, now));
      keys.set(hash, { ...row, lastUsedAt: now });
    }
    return { kind: 'key', id: row.id, name: row.name };
  };

  return {
    /** The caller with full proof, or null. A credential in the header decides alone: no fall-back to the cookie. */
    identify(header: HeaderReader): Caller | null {
      if ((header('authorization') ?? '') !== '') return byBearer(header);
      const secret = header(SECRET_HEADER);
      if (secret === null || secret === undefined) return null;
      const row = loginOf(header);
      if (row === undefined || !sameText(sha256(secret), row.secretHash)) return null;
      return { kind: 'login', id: row.id };
    },

    /** Is there a login's cookie? Enough for a page without data, and for nothing else. */
    hasCookie: (header: HeaderReader): boolean => loginOf(header) !== undefined,

    /** A one-time token for a login link; good for an hour, kept in memory as a hash. */
    mintToken(): string {
      const now = Date.now();
      for (const [hash, until] of tokens) if (until <= now) tokens.delete(hash);
      const token = secretText();
      tokens.set(sha256(token), now + TOKEN_TTL_MS);
      return token;
    },

    /** Swaps a token for a login; the second swap of the same token fails. Undefined when it is not valid. */
    redeem(
      token: string,
      userAgent: string,
    ): { cookie: string; secret: string; maxAgeSeconds: number } | undefined {
      const hash = sha256(token);
      const until = tokens.get(hash);
      tokens.delete(hash);
      const now = Date.now();
      if (until === undefined || until <= now) return undefined;
      const cookie = secretText();
      const secret = secretText();
      store.insertLogin(db, {
        id: newId(now),
        cookieHash: sha256(cookie),
        secretHash: sha256(secret),
        createdAt: now,
        lastSeenAt: now,
        expiresAt: now + LOGIN_DAYS * DAY_MS,
        userAgent: userAgent.slice(0, 200),
      });
      return { cookie, secret, maxAgeSeconds: LOGIN_DAYS * 86_400 };
    },

    logins: (caller: Caller): Login[] =>
      store.listLogins(db).map(({ id, createdAt, lastSeenAt, expiresAt, userAgent }) => ({
        id,
        createdAt,
        lastSeenAt,
        expiresAt,
        userAgent,
        current: caller.kind === 'login' && caller.id === id,
      })),
    revokeLogin(id: string): void {
      if (!store.deleteLogin(db, id)) throw gone('login', id);
    },

    keys: (): ApiKey[] => store.listKeys(db).map(({ hash: _hash, ...key }) => key),
    createKey(name: string): ApiKey & { secret: string } {
      const secret = `sk-ailab-${secretText()}`;
      const key = { id: newId(), name, prefix: secret.slice(0, 14), createdAt: Date.now(), lastUsedAt: null };
      store.insertKey(db, { ...key, hash: sha256(secret) });
      return { ...key, secret };
    },
    revokeKey(id: string): void {
      keys.clear();
      if (!store.deleteKey(db, id)) throw gone('key', id);
    },
  };
}

/** 256 bits as text that is safe in a header, a cookie and a URL fragment. */
export function secretText(): string {
  return randomBytes(32).toString('base64url');
}

function sha256(text: string): string {
  return digestOf('sha256', text);
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** All values of that name, at most a few: a browser sends as many as were set for other paths. */
function readCookies(header: string | null | undefined, name: string): string[] {
  return (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .slice(0, 4)
    .map((part) => part.slice(name.length + 1));
}

function gone(what: string, id: string): LabError {
  return new LabError({
    code: `${what}_not_found`,
    message: `There is no ${what} ${id}; it may have been revoked already.`,
    fix: 'Reload the page to see those that are valid.',
    status: 404,
  });
}
