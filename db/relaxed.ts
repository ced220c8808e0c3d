/** Writes that must not hold up a server. A killed process loses nothing by them, a power cut at most the last moments. */
import type Database from 'better-sqlite3';

/** SQLite's own number of pages in the log at which it is copied into the file. */
const PAGES_USUALLY = 1000;
const PAGES_GENTLY = 200;

/** With `synchronous = NORMAL`: a sync to disk for each write would hold up the requests of that moment. */
export function relaxed<T>(client: Database.Database, write: () => T): T {
  client.pragma('synchronous = NORMAL');
  try {
    return write();
  } finally {
    client.pragma('synchronous = FULL');
  }
}

/** For many writes after each other: the log is copied into the file in smaller parts, each of them shorter. */
export function gently<T>(client: Database.Database, write: () => T): T {
  client.pragma(`wal_autocheckpoint = ${PAGES_GENTLY}`);
  try {
    return relaxed(client, write);
  } finally {
    client.pragma(`wal_autocheckpoint = ${PAGES_USUALLY}`);
  }
}
