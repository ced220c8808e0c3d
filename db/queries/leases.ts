import { eq } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { leases } from '../schema.ts';

export interface Lease {
  name: string;
  pid: number;
  started: string;
  holder: string;
  since: number;
}

/**
 * Takes the lease unless a living holder has it. Returns undefined on success, else the lease as it stands.
 * `isAlive` decides about the present holder; a dead one's lease is taken over.
 */
export function takeLease(db: Db, wanted: Lease, isAlive: (lease: Lease) => boolean): Lease | undefined {
  return db.transaction(
    (tx) => {
      const present = tx.select().from(leases).where(eq(leases.name, wanted.name)).get();
      if (present !== undefined && isAlive(present)) return present;
      tx.insert(leases).values(wanted).onConflictDoUpdate({ target: leases.name, set: wanted }).run();
      return undefined;
    },
    { behavior: 'immediate' },
  );
}

/** Gives the lease back when it is still this process's. */
export function releaseLease(db: Db, name: string, pid: number): void {
  const present = readLease(db, name);
  if (present?.pid === pid) db.delete(leases).where(eq(leases.name, name)).run();
}

export function readLease(db: Db, name: string): Lease | undefined {
  return db.select().from(leases).where(eq(leases.name, name)).get();
}
