/**
 * The room that the file takes on disk. Pages of deleted rows are reused, and given back to the disk a few at a time
 * (`auto_vacuum = INCREMENTAL`): nothing here holds up the work of a server.
 */
import type Database from 'better-sqlite3';
import { gently } from './relaxed.ts';

/** To be asked for before the first table is made. */
export const GIVES_BACK = 'auto_vacuum = INCREMENTAL';

const NONE = 0;
/** Rewritten in half a second; a larger one from before stays as it is, and its free pages are reused. */
const REWRITTEN_BYTES = 64 * 1024 * 1024;

/**
 * A file from before pages were given back: it is rewritten whole, once. Killed in the middle it is as it was; where
 * another process uses it or the disk is full, it is left for the next opening.
 */
export function startGivingBack(client: Database.Database, fileBytes: number): void {
  if (client.pragma('auto_vacuum', { simple: true }) !== NONE || fileBytes > REWRITTEN_BYTES) return;
  client.pragma(GIVES_BACK);
  try {
    client.exec('VACUUM');
    client.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^SQLITE_(BUSY|LOCKED|FULL|IOERR)/.test(code)) throw error;
  }
}

/** Pages that hold nothing. */
export function freePages(client: Database.Database): number {
  return Number(client.pragma('freelist_count', { simple: true }));
}

/** Gives up to `pages` of them back; how many went. */
export function giveBack(client: Database.Database, pages: number): number {
  // Of SQLite, 0 asks for all of them at once.
  if (pages <= 0) return 0;
  const before = freePages(client);
  gently(client, () => client.pragma(`incremental_vacuum(${pages})`));
  return before - freePages(client);
}
