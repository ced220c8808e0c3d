/** The lock of one `up`: taken down while the lab is there, written in the transaction that ends the activity. */
import type { Locks } from '../services/locks.ts';
import { nextLock } from '../lock/merge.ts';
import type { Lab } from '../schemas/lab.ts';
import type { LockEntry } from '../schemas/lock.ts';
import type { Ended } from './activities.ts';
import { collectEntries } from './lock-entries.ts';
import type { LockStage } from './orchestrator.ts';
import type { LockContext } from './resource.ts';

export interface LockOfUp {
  stage: LockStage;
  /** The end of that activity, with the lock that it leaves. */
  end(outcome: string, activityId: string): Exclude<Ended, string>;
}

export interface LockStageParts {
  locks: Locks;
  hash: LockContext['hash'];
}

/** `agree` is given what was brought up, and throws where it is not what had to be. */
export function lockOfUp(
  { locks, hash }: LockStageParts,
  lab: Lab,
  agree?: (entries: readonly LockEntry[]) => void,
): LockOfUp {
  let entries: LockEntry[] = [];
  return {
    stage: (resources, run) =>
      run.step('lock', 'Record the lock', async (report) => {
        const { signal } = run;
        const measured = agree !== undefined;
        entries = await collectEntries(lab, resources, { signal, report, hash, measured, of: 'running' });
        agree?.(entries);
      }),
    end: (outcome, activityId) => ({
      outcome,
      commit() {
        const last = locks.current()?.document ?? null;
        const document = nextLock(last, entries, new Date().toISOString());
        locks.keep({ document, origin: 'up', activityId });
      },
    }),
  };
}
