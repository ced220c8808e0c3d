import { describe, expect, it } from 'vitest';
import type { Activity } from '../schemas/activity.ts';
import { retry, type RetryParts } from './retry.ts';

const ended: Activity = {
  id: 'a1',
  kind: 'up',
  state: 'failed',
  startedBy: 'cli',
  startedAt: 1,
  endedAt: 2,
  steps: [],
  error: null,
  outcome: null,
};

function tried(kind: Activity['kind'], input: unknown, state: Activity['state'] = 'failed') {
  const calls: unknown[] = [];
  const call = async (...args: unknown[]) => {
    calls.push(args);
    return ended;
  };
  const parts: RetryParts = {
    activities: { get: () => ({ ...ended, kind, state }), inputOf: () => input },
    lab: { up: call, down: call },
    models: { pull: call },
    hooks: { runNow: call },
  };
  return retry('a1', 'browser', parts).then(() => calls);
}

describe('an activity begun again', () => {
  it.each<[Activity['kind'], object, unknown]>([
    [
      'up',
      { starter: true, overrides: { profile: 'gpu' }, plan: 'a'.repeat(64) },
      { starter: true, overrides: { profile: 'gpu' } },
    ],
    ['down', { volumes: false }, { volumes: false }],
    ['pull', { id: 'org/name' }, { id: 'org/name' }],
    ['hook', { name: 'mine' }, 'mine'],
  ])('%s has the same input', async (kind, input, asked) => {
    expect(await tried(kind, input)).toEqual([[asked, 'browser']]);
  });

  it.each<[Activity['kind'], unknown]>([
    ['down', { volumes: true }],
    ['down', { purge: true }],
    ['import', { name: 'lock.yaml' }],
    ['pull', null],
  ])('%s with %j is asked for anew', async (kind, input) => {
    await expect(tried(kind, input)).rejects.toMatchObject({ code: 'not_repeatable' });
  });

  it('not while it runs', async () => {
    await expect(tried('up', {}, 'running')).rejects.toMatchObject({ code: 'activity_running' });
  });
});
