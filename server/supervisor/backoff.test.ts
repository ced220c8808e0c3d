import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';

const MINUTE = 60_000;

describe('backoff', () => {
  it('doubles from half a second and gives up at the fifth exit within ten minutes', () => {
    const backoff = createBackoff();
    const steps = [0, 1, 2, 3, 4].map((second) => backoff.ended(second * 1000, 100));
    expect(steps.slice(0, 4)).toEqual(
      [500, 1000, 2000, 4000].map((delayMs) => ({ kind: 'restart', delayMs })),
    );
    expect(steps[4]).toMatchObject({ kind: 'giveUp' });
  });

  it('never waits longer than 30 s when exits are rare enough not to give up', () => {
    const backoff = createBackoff();
    const delays = Array.from({ length: 9 }, (_, index) => backoff.ended(index * 3 * MINUTE, MINUTE));
    expect(delays.at(-1)).toEqual({ kind: 'restart', delayMs: 30_000 });
  });

  it('starts over after ten healthy minutes, and only then', () => {
    const backoff = createBackoff();
    backoff.ended(0, 0);
    expect(backoff.ended(10 * MINUTE - 1, 10 * MINUTE - 1)).toEqual({ kind: 'restart', delayMs: 1000 });
    expect(backoff.ended(20 * MINUTE, 10 * MINUTE)).toEqual({ kind: 'restart', delayMs: 500 });
  });

  it('forgets exits that are older than ten minutes when it counts towards giving up', () => {
    const backoff = createBackoff();
    for (const minute of [0, 1, 2, 3]) backoff.ended(minute * MINUTE, 0);
    expect(backoff.ended(11 * MINUTE, 0).kind).toBe('restart');
  });
});
