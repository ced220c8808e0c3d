import { expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

// From the cases of Go's own time_test.go.
it.each([
  ['0', 0],
  ['5s', 5000],
  ['1478s', 1_478_000],
  ['-5s', -5000],
  ['+5s', 5000],
  ['5.s', 5000],
  ['.5s', 500],
  ['1.004s', 1004],
  ['100.00100s', 100_001],
  ['12µs', 0.012],
  ['12μs', 0.012],
  ['3h30m', 12_600_000],
  ['-1m30.5s', -90_500],
  ['1h2m3s4ms5us6ns', 3_723_004.005_006],
])('%s', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 6);
});

it.each(['', '3', '-', 's', '.', '-.', '.s', '+.s', '1d', '1 s', '10m ', 'm10', '3000000h', '1S'])(
  'refuses %j',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
