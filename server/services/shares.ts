/**
 * The shares of a home. Only the SHA-256 of a link is stored; the clear text lives in the memory of the server that
 * made it, so that its owner can show it again. All look-ups are answered from memory: a visitor never costs a query.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../../db/client.ts';
import * as store from '../../db/queries/shares.ts';
import { LabError } from '../lib/errors.ts';
import { newId } from '../lib/id.ts';

export type ShareRow = store.ShareRow;
export type Shares = ReturnType<typeof createShares>;

export interface NewShare {
  forMs: number;
  createdBy: string;
  lanPort: number | null;
}

/** So many links are no accident any more. */
const SHARES_MAX = 100;

export function createShares(db: Db, now: () => number = Date.now) {
  store.deleteExpiredShares(db, now());
  const rows = new Map(store.listShares(db).map((row) => [row.hash, row]));
  const tokens = new Map<string, string>();

  const isLive = (row: ShareRow): boolean => row.expiresAt > now();

  const forget = (row: ShareRow): void => {
    rows.delete(row.hash);
    tokens.delete(row.id);
    store.deleteShare(db, row.id);
  };

  return {
    /** Those that are valid now, oldest first. */
    live: (): ShareRow[] => [...rows.values()].filter(isLive),
    /** By the unguessable part of its link. */
    find(token: string): ShareRow | undefined {
      const row = rows.get(sha256(token));
      return row !== undefined && isLive(row) ? row : undefined;
    },
    /** Undefined when another process made it. */
    token: (id: string): string | undefined => tokens.get(id),
    create({ forMs, createdBy, lanPort }: NewShare): ShareRow {
      if (rows.size >= SHARES_MAX) throw tooMany();
      const token = randomBytes(16).toString('base64url');
      const createdAt = now();
      const row = {
        id: newId(createdAt),
        hash: sha256(token),
        prefix: token.slice(0, 6),
        createdAt,
        expiresAt: createdAt + forMs,
        createdBy,
        lanPort,
      };
      store.insertShare(db, row);
      rows.set(row.hash, row);
      tokens.set(row.id, token);
      return row;
    },
    revoke(id: string): void {
      const row = [...rows.values()].find((one) => one.id === id);
      if (row === undefined || !isLive(row)) throw gone(id);
      forget(row);
    },
    /** Forgets those that have ended; true when there were any. */
    expire(): boolean {
      const ended = [...rows.values()].filter((row) => !isLive(row));
      for (const row of ended) forget(row);
      return ended.length > 0;
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function gone(id: string): LabError {
  return new LabError({
    code: 'share_not_found',
    message: `There is no share ${id}; it may have ended, or was revoked already.`,
    fix: 'Run `ailab-web share list` to see those that are valid.',
    status: 404,
  });
}

function tooMany(): LabError {
  return new LabError({
    code: 'shares_too_many',
    message: `There are ${SHARES_MAX} shares already.`,
    fix: 'Revoke some: `ailab-web share revoke --all` ends all of them.',
    status: 409,
  });
}
