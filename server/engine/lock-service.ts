/** The lock as callers use it: shown, exported, imported, compared with what is there. Part of the composition root. */
import { isLabError, LabError } from '../lib/errors.ts';
import { compareEntries, isOfLab } from '../lock/compare.ts';
import { isStartable } from '../lock/facts.ts';
import { readLock } from '../lock/read.ts';
import { summarize } from '../lock/words.ts';
import { lockSha256, writeLock } from '../lock/write.ts';
import type { Activity } from '../schemas/activity.ts';
import type { Lab } from '../schemas/lab.ts';
import type {
  ExportInput,
  ImportInput,
  LockDifference,
  LockEntry,
  LockExport,
  LockImport,
  LockShown,
} from '../schemas/lock.ts';
import { noLock } from '../services/locks.ts';
import type { Activities } from './activities.ts';
import type { Engine } from './contract.ts';
import type { IgnoredDrift } from './ignored-drift.ts';
import { collectEntries } from './lock-entries.ts';
import { lockedLab } from './locked-lab.ts';
import type { LockedUpParts } from './locked-up.ts';
import type { LockContext, Resource } from './resource.ts';
import { createResources, type Program } from './resources.ts';
import { runningDifferences } from './running-differences.ts';

export interface LockServiceParts extends LockedUpParts {
  program: Program;
  activities: Activities;
  ignored: IgnoredDrift;
}

export function createLockService(parts: LockServiceParts): Engine['lock'] {
  const { home, env, program, locks, hash, activities, ignored } = parts;

  const current = (): LockShown => {
    const lock = locks.current();
    if (lock === null) throw noLock();
    return lock;
  };

  /** Throws before anything is written; what it says of the present lock is of this moment. */
  const read = ({ text, name }: ImportInput) => {
    const { document, migrated } = readLock(text, name);
    const sha256 = lockSha256(writeLock(document));
    const now = locks.current();
    const preview: LockImport = {
      sha256,
      migrated,
      changed: now?.sha256 !== sha256,
      startable: isStartable(document),
      differences: compareEntries(now?.document.resources ?? [], document.resources).differences,
      summary: summarize(document),
    };
    return { document, preview };
  };

  return {
    show: locks.current,
    history: locks.history,
    export({ id }: ExportInput): LockExport {
      const { document } = id === undefined ? current() : locks.get(id);
      const text = writeLock(document);
      return { sha256: lockSha256(text), text };
    },
    preview: (input) => read(input).preview,
    async import(input, startedBy) {
      const { document, preview } = read(input);
      if (!preview.changed) return preview;
      const { sha256, migrated, startable } = preview;
      const { id } = activities.start('import', { name: input.name, sha256 }, startedBy, async (run) => ({
        outcome: [
          ...(migrated ? ['A lock v1 was taken over as version 2.'] : []),
          `The lock is ${sha256.slice(0, 12)} now.`,
          ...(startable ? ['`ailab-web up --locked` brings up exactly that.'] : []),
        ].join(' '),
        commit: () => void locks.keep({ document, origin: 'import', activityId: run.activityId }),
      }));
      const ended = await activities.ended(id);
      if (ended.state !== 'done') throw importFailed(ended);
      return preview;
    },
    verify: async (signal) => {
      const lock = current();
      const context = { signal, report: () => undefined, hash, measured: true, of: 'running' as const };
      const { resolved, differences } = await lockedLab(lock, { home, env }, signal);
      const { lab } = resolved;
      const resources = await createResources(
        { home, env, program, lab, starter: false, ignored, lookOnly: true },
        signal,
      );
      const found = await measure(lab, resources, context);
      const compared = compareEntries(lock.document.resources.filter(isOfLab), found.entries);
      const runs = await Promise.all(resources.map((resource) => runningDifferences(lab, resource, signal)));
      const all = distinct([...differences, ...compared.differences, ...runs.flat()]);
      const notes = [...compared.notes, ...found.notes, ...foreignNote(lock)];
      return { sha256: lock.sha256, clean: all.length === 0, differences: all, notes };
    },
  };
}

interface Measured {
  entries: LockEntry[];
  notes: string[];
}

/** A resource that can't tell leaves its part of the lock without a counterpart, and says why. */
async function measure(lab: Lab, resources: readonly Resource[], context: LockContext): Promise<Measured> {
  const measured: Measured = { entries: [], notes: [] };
  for (const resource of resources) {
    try {
      measured.entries.push(...(await collectEntries(lab, [resource], context)));
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isLabError(error)) throw error;
      measured.notes.push(`${error.message} ${error.fix}`.trim());
    }
  }
  return measured;
}

function distinct(differences: readonly LockDifference[]): LockDifference[] {
  return [...new Map(differences.toReversed().map((one) => [one.field, one])).values()].toReversed();
}

function foreignNote({ document }: LockShown): string[] {
  const foreign = document.resources.filter((entry) => !isOfLab(entry)).map(({ id }) => id);
  if (foreign.length === 0) return [];
  const shown = foreign.slice(0, 5).join(', ');
  const rest = foreign.length > 5 ? ` and ${foreign.length - 5} more` : '';
  return [`Locked by another tool, kept and not compared: ${shown}${rest}.`];
}

function importFailed({ state, error }: Activity): LabError {
  return new LabError(
    error ?? {
      code: `import_${state}`,
      message: `The import was ${state}; the lock is as it was.`,
      fix: 'Import it again.',
    },
  );
}
