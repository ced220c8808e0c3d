/**
 * Activities: every up, down and pull as a recorded run. One mutating activity at a time for a home, held as a
 * lease in the database, so that two browsers and a CLI agree; a dead holder's lease is freed.
 */
import {
  findActivity,
  insertActivity,
  listActivities,
  runningActivities,
  updateActivity,
} from '../../db/queries/activities.ts';
import { readLease, releaseLease, takeLease, type Lease } from '../../db/queries/leases.ts';
import type { Db } from '../../db/client.ts';
import { activity as activitySchema, type Activity, type ActivityKind } from '../schemas/activity.ts';
import type { Explanation } from '../schemas/explanation.ts';
import { databaseTrouble, isAbort, LabError, reportError } from '../lib/errors.ts';
import { newId } from '../lib/id.ts';
import { createLogger } from '../lib/log.ts';
import { isAlive, ownIdentity } from '../lib/process-identity.ts';
import { writeIfPossible, writeOnceWritable } from '../services/patient-write.ts';
import { createRecorder } from './recorder.ts';
import type { Run } from './orchestrator.ts';

const LEASE = 'activity';

/** One line about the outcome; what is written in the very transaction that ends the activity; and what failed though. */
export type Ended = string | { outcome: string; commit(): void; failure?: unknown };
export type Work = (run: Run) => Promise<Ended>;

export interface Activities {
  /** Starts the work and returns at once. */
  start(kind: ActivityKind, input: unknown, startedBy: string, work: Work): Activity;
  list(limit: number): Activity[];
  get(id: string): Activity;
  /** What it was asked for, as it was recorded. */
  inputOf(id: string): unknown;
  cancel(id: string): Promise<Activity>;
  /** Resolves with the activity once it has ended; only for those of this process. */
  ended(id: string): Promise<Activity>;
  running(): Activity | undefined;
  /** Cancels what runs here and waits for it. */
  close(): Promise<void>;
}

/** What a failure was, in plain words; never rejects. */
export type Explain = (error: unknown) => Promise<Explanation | undefined>;

export function createActivities(
  db: Db,
  publish: (activity: Activity) => void,
  explain: Explain = async () => undefined,
): Activities {
  const live = new Map<
    string,
    { abort: AbortController; done: Promise<Activity>; current: () => Activity }
  >();
  const closing = new AbortController();
  markInterrupted(db);

  const get = (id: string): Activity => {
    const here = live.get(id);
    if (here !== undefined) return here.current();
    const row = findActivity(db, id);
    if (row === undefined) throw notFound(id);
    return activitySchema.parse(row);
  };

  return {
    start(kind, input, startedBy, work) {
      const now = Date.now();
      const id = newId(now);
      const self = ownIdentity();
      const abort = new AbortController();
      const record = createRecorder({ id, kind, startedBy, startedAt: now }, (current) => {
        writeIfPossible('a step', () => updateActivity(db, id, { steps: current.steps }));
        publish(current);
      });
      // Both or neither: a lease without its activity would be held for as long as this process lives.
      db.transaction(
        () => {
          const holder = takeLease(db, { name: LEASE, ...self, holder: kind, since: now }, leaseAlive);
          if (holder !== undefined) throw busy(holder);
          insertActivity(db, { ...record.current(), input });
        },
        { behavior: 'immediate' },
      );
      publish(record.current());
      const finish = async (): Promise<Activity> => {
        const ended = await execute(id, work, record, abort.signal, explain);
        const written = writeOnceWritable(
          'the end of an activity',
          () => writeEnd(db, record, ended, self.pid),
          closing.signal,
        );
        const final = await written.catch((error: unknown) => {
          createLogger('activities').error(`the end of ${kind} ${id} could not be written`, error);
          return ended.final;
        });
        live.delete(id);
        publish(final);
        return final;
      };
      const done = finish();
      const current = () => untilWritten(record.current());
      live.set(id, { abort, done, current });
      return current();
    },
    list: (limit) =>
      listActivities(db, limit).map((row) => live.get(row.id)?.current() ?? activitySchema.parse(row)),
    get,
    inputOf: (id) => findActivity(db, id)?.input,
    async cancel(id) {
      const here = live.get(id);
      if (here === undefined) {
        const present = get(id);
        if (present.state === 'running') throw busy(readLease(db, LEASE));
        return present;
      }
      here.abort.abort(new DOMException('Cancelled.', 'AbortError'));
      return here.done;
    },
    ended: (id) => live.get(id)?.done ?? Promise.resolve(get(id)),
    running: () => live.values().next().value?.current(),
    async close() {
      closing.abort();
      for (const { abort } of live.values())
        abort.abort(new DOMException('The server is closing.', 'AbortError'));
      await Promise.all([...live.values()].map(({ done }) => done));
    },
  };
}

type Recorder = ReturnType<typeof createRecorder>;

async function execute(
  activityId: string,
  work: Work,
  record: Recorder,
  signal: AbortSignal,
  explain: Explain,
): Promise<{ final: Activity; commit?: () => void }> {
  try {
    const ended = await work({ activityId, signal, step: record.step });
    if (typeof ended === 'string') return { final: record.end('done', ended, null) };
    const { outcome, commit, failure } = ended;
    if (failure === undefined) return { final: record.end('done', outcome, null), commit };
    return { final: await endBadly(record, signal, failure, explain), commit };
  } catch (error) {
    return { final: await endBadly(record, signal, error, explain) };
  }
}

async function endBadly(
  record: Recorder,
  signal: AbortSignal,
  error: unknown,
  explain: Explain,
): Promise<Activity> {
  if (!signal.aborted && !isAbort(error)) {
    const explanation = await explain(error);
    const report = reportError(error);
    return record.end('failed', null, explanation === undefined ? report : { ...report, explanation });
  }
  return record.end('cancelled', 'Cancelled. What was already done stays; nothing is rolled back.', null);
}

/** Nothing has ended before its end is written and the lease is free. */
function untilWritten(activity: Activity): Activity {
  return activity.state === 'running'
    ? activity
    : { ...activity, state: 'running', endedAt: null, outcome: null, error: null };
}

/** Both or neither: an activity is done only together with what it leaves in the database. The lease ends with it. */
function writeEnd(
  db: Db,
  record: Recorder,
  { final, commit }: { final: Activity; commit?: () => void },
  pid: number,
): Activity {
  const write = (ended: Activity, more?: () => void): Activity => {
    db.transaction(
      () => {
        updateActivity(db, ended.id, ended);
        more?.();
        releaseLease(db, LEASE, pid);
      },
      { behavior: 'immediate' },
    );
    return ended;
  };
  try {
    return write(final, commit);
  } catch (error) {
    if (commit === undefined || databaseTrouble(error) !== undefined) throw error;
    return write(record.end('failed', null, reportError(error)));
  }
}

function leaseAlive(lease: Lease): boolean {
  return isAlive({ pid: lease.pid, started: lease.started });
}

/** An activity that its process did not live to end is shown as interrupted, with what was in doubt. */
function markInterrupted(db: Db): void {
  const lease = readLease(db, LEASE);
  if (lease !== undefined && leaseAlive(lease)) return;
  for (const row of runningActivities(db)) {
    const present = activitySchema.parse(row);
    updateActivity(db, row.id, {
      state: 'interrupted',
      endedAt: Date.now(),
      steps: present.steps.map((step) =>
        step.state === 'running' ? { ...step, state: 'interrupted' } : step,
      ),
      outcome:
        'The process that ran it ended before it was done. Run it again: it goes on from what is there.',
    });
  }
}

function notFound(id: string): LabError {
  return new LabError({
    code: 'activity_not_found',
    message: `There is no activity ${id}.`,
    fix: 'Open the Activity page to see those that are kept.',
    status: 404,
  });
}

function busy(holder: Lease | undefined): LabError {
  const since =
    holder === undefined ? '' : ` since ${new Date(holder.since).toISOString()} (pid ${holder.pid})`;
  return new LabError({
    code: 'busy',
    message: `Another activity is running: ${holder?.holder ?? 'unknown'}${since}.`,
    fix: 'Wait for it to end, or cancel it on the Activity page, then try again.',
    status: 409,
  });
}
