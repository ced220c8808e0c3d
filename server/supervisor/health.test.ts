import { describe, expect, it } from 'vitest';
import { createHealthRule } from './health.ts';

const states = (...polls: boolean[]) => {
  const rule = createHealthRule();
  return polls.map((ok) => rule.polled(ok));
};

describe('createHealthRule', () => {
  it('is starting until the first good answer, however long loading takes', () => {
    expect(states(false, false, false, true)).toEqual(['starting', 'starting', 'starting', 'healthy']);
  });

  it('needs two failures in a row to become unhealthy, and one good answer to recover', () => {
    expect(states(true, false, true, false, false, true)).toEqual([
      'healthy',
      'healthy',
      'healthy',
      'healthy',
      'unhealthy',
      'healthy',
    ]);
  });
});
