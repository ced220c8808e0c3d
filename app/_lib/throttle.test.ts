import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { atMostEvery } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('calls at once, then once for all that came meanwhile', () => {
  const call = vi.fn();
  const ask = atMostEvery(1000, call);
  ask();
  expect(call).toHaveBeenCalledTimes(1);
  for (let time = 0; time < 50; time++) ask();
  expect(call).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(call).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5000);
  expect(call).toHaveBeenCalledTimes(2);
  ask();
  expect(call).toHaveBeenCalledTimes(3);
});
