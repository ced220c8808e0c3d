import type { Db } from '../client.ts';

/**
 * Writes with `synchronous = NORMAL`: a killed process loses nothing, a power cut may cost the last moments. For what
 * is many and worth little each; a sync to disk for each would hold up the requests of that moment.
 */
export function relaxed<T>(db: Db, write: () => T): T {
  db.$client.pragma('synchronous = NORMAL');
  try {
    return write();
  } finally {
    db.$client.pragma('synchronous = FULL');
  }
}
