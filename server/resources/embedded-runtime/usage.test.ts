import { expect, it } from 'vitest';
import { parsePs } from './usage.ts';

it.each([
  ['  00:01:02   2048\n', { cpu: 62, memoryBytes: 2_097_152 }],
  ['1-02:00:00 1\n', { cpu: 93_600, memoryBytes: 1024 }],
  ['   0:03.50  10\n', { cpu: 3.5, memoryBytes: 10_240 }],
  ['', null],
  ['TIME RSS', null],
])('reads what ps prints: %j', (text, sample) => expect(parsePs(text)).toEqual(sample));
