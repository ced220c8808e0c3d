import { beforeEach, describe, expect, it } from 'vitest';
import { insertActivity } from '../../db/queries/activities.ts';
import { takeLease } from '../../db/queries/leases.ts';
import type { Db } from '../../db/client.ts';
import { LabError } from '../lib/errors.ts';
import { memoryDb } from '../testing/caller.ts';
import { createActivities } from './activities.ts';
import type { Run } from './orchestrator.ts';

let db: Db;
beforeEach(() => {
  db = memoryDb();
});

const untilAborted = (run: Run) =>
  run.step(
    'wait',
    'Wait',
    () =>
      new Promise<string>((_resolve, reject) => {
        run.signal.addEventListener('abort', () => reject(run.signal.reason as Error));
      }),
  );

describe('an activity', () => {
  it('ends as done with its outcome and its steps, and is still there for another process', async () => {
    const activities = createActivities(db, () => undefined);
    const started = activities.start('up', { starter: true }, 'cli', async (run) => {
      await run.step('one', 'One', async () => undefined);
      return 'It works.';
    });
    expect(started.state).toBe('running');
    await activities.ended(started.id);
    const later = createActivities(db, () => undefined).get(started.id);
    expect(later).toMatchObject({
      state: 'done',
      outcome: 'It works.',
      steps: [{ name: 'one', state: 'done' }],
    });
  });

  it('keeps a failure with its fix', async () => {
    const activities = createActivities(db, () => undefined);
    const { id } = activities.start('up', {}, 'cli', () =>
      Promise.reject(new LabError({ code: 'x', message: 'no', fix: 'do' })),
    );
    expect(await activities.ended(id)).toMatchObject({
      state: 'failed',
      error: { code: 'x', message: 'no', fix: 'do' },
    });
  });

  it('runs alone: a second one is told who holds the lab and since when', async () => {
    const activities = createActivities(db, () => undefined);
    const { id } = activities.start('up', {}, 'cli', untilAborted);
    expect(() => activities.start('down', {}, 'browser', untilAborted)).toThrow(
      /Another activity is running: up since 20/,
    );
    await activities.cancel(id);
    const next = activities.start('down', {}, 'browser', async () => 'ok');
    expect((await activities.ended(next.id)).state).toBe('done');
  });

  it('stops when it is cancelled, and says that nothing is rolled back', async () => {
    const activities = createActivities(db, () => undefined);
    const { id } = activities.start('up', {}, 'cli', untilAborted);
    expect(await activities.cancel(id)).toMatchObject({
      state: 'cancelled',
      steps: [{ state: 'cancelled' }],
    });
    expect(await activities.cancel(id)).toMatchObject({ state: 'cancelled' });
  });

  it('is cancelled by the end of its process', async () => {
    const activities = createActivities(db, () => undefined);
    const { id } = activities.start('up', {}, 'cli', untilAborted);
    await activities.close();
    expect(activities.get(id).state).toBe('cancelled');
  });

  it('is told about: begin, step, end', async () => {
    const told: string[] = [];
    const activities = createActivities(db, (activity) => told.push(activity.state));
    const { id } = activities.start('up', {}, 'cli', async () => 'ok');
    await activities.ended(id);
    expect([told[0], told.at(-1)]).toEqual(['running', 'done']);
  });
});

describe('what a dead process left', () => {
  const running = {
    id: 'old',
    kind: 'up',
    state: 'running',
    startedBy: 'cli',
    startedAt: 1,
    endedAt: null,
    input: {},
    error: null,
    outcome: null,
  };
  const steps = [{ name: 'a', title: 'A', state: 'running', startedAt: 1, endedAt: null, progress: null }];

  it('is shown as interrupted, and its lease is free', async () => {
    insertActivity(db, { ...running, steps });
    takeLease(
      db,
      { name: 'activity', pid: 2 ** 22 - 7, started: 'long ago', holder: 'up', since: 1 },
      () => false,
    );
    const activities = createActivities(db, () => undefined);
    expect(activities.get('old')).toMatchObject({ state: 'interrupted', steps: [{ state: 'interrupted' }] });
    const { id } = activities.start('up', {}, 'cli', async () => 'ok');
    expect((await activities.ended(id)).state).toBe('done');
  });
});
