import { expect, it } from 'vitest';
import { createRateMeter, createRecorder } from './recorder.ts';

const START = { id: 'a', kind: 'up', startedBy: 'cli', startedAt: 0 } as const;

it('tells rate and time left once they can be known', () => {
  let now = 0;
  const measure = createRateMeter(() => now);
  const at = (ms: number, done: number) => {
    now = ms;
    return measure({ message: 'x', done, total: 1000, unit: 'bytes' });
  };
  expect(at(0, 0)).not.toHaveProperty('rate');
  expect(at(100, 4)).not.toHaveProperty('eta');
  expect(at(600, 5)).not.toHaveProperty('eta');
  expect(at(1000, 100)).toMatchObject({ rate: 100, eta: 9 });
  expect(at(2000, 400)).toMatchObject({ rate: 200, eta: 3 });
});

it('claims no time left while nothing moves, and starts anew when the count falls back', () => {
  let now = 0;
  const measure = createRateMeter(() => now);
  measure({ message: 'x', done: 500, total: 1000 });
  now = 9000;
  expect(measure({ message: 'x', done: 500, total: 1000 })).toEqual({
    message: 'x',
    done: 500,
    total: 1000,
    rate: 0,
  });
  now = 9100;
  expect(measure({ message: 'x', done: 10, total: 1000 })).not.toHaveProperty('rate');
});

it('records steps with their outcome, and tells of each end at once', async () => {
  const told: string[] = [];
  const record = createRecorder(START, (activity) =>
    told.push(activity.steps.map((step) => step.state).join()),
  );
  await record.step('one', 'One', async (report) => report({ message: 'moving' }));
  await expect(record.step('two', 'Two', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const aborted = new DOMException('stop', 'AbortError');
  await expect(record.step('three', 'Three', () => Promise.reject(aborted))).rejects.toThrow('stop');
  await record.step('four', 'Four', async (_report, mark) =>
    mark({ state: 'skipped', hookRun: { id: 'h', name: 'n' } }),
  );
  expect(told.at(-1)).toBe('done,failed,cancelled,skipped');
  const ended = record.end('failed', null, { code: 'x', message: 'no', fix: '' });
  expect(ended.steps[0]).toMatchObject({ name: 'one', progress: { message: 'moving' } });
  expect(ended.steps[3]).toMatchObject({ hookRun: { id: 'h' } });
  expect(ended.endedAt).not.toBeNull();
});
