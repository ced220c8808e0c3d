import { expect, it } from 'vitest';
import { lineDiff } from './diff.ts';

const marks = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) => `${{ same: ' ', out: '-', in: '+' }[kind]}${text}`);

it('shows what changes, with two lines around it', () => {
  expect(marks('a\nb\nc\nx: 1 # why\nd\ne\nf\n', 'a\nb\nc\nx: 2 # why\nd\ne\nf\n')).toEqual([
    ' b',
    ' c',
    '-x: 1 # why',
    '+x: 2 # why',
    ' d',
    ' e',
  ]);
  expect(marks('', 'x: 2\n')).toEqual(['+x: 2']);
  expect(marks('a\r\n', 'a\r\nb\r\n')).toEqual([' a', '+b']);
});
