import { describe, expect, it } from 'vitest';
import {
  formatAxisDuration,
  formatByteRate,
  formatBytes,
  formatCount,
  formatDuration,
  formatExact,
  formatFigure,
  formatMoment,
  formatRelative,
  formatSpeed,
  formatTimeLeft,
  plural,
} from './format.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1536, '1.54 kB'],
    [94_100_000, '94.1 MB'],
    [105_454_144, '105 MB'],
    [999_600, '1 MB'],
    [1_280_000_000, '1.28 GB'],
    [5e15, '5000 TB'],
    [-1, 'unknown size'],
    [Number.NaN, 'unknown size'],
  ])('%d is %s', (bytes, words) => expect(formatBytes(bytes)).toBe(words));

  it('keeps whole hundreds whole', () => expect(formatBytes(100_000_000)).toBe('100 MB'));
  it('tells a rate', () => expect(formatByteRate(8_140_000)).toBe('8.14 MB/s'));
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [350.4, '350 ms'],
    [999.7, '1 s'],
    [2440, '2.4 s'],
    [9949, '9.9 s'],
    [9951, '10 s'],
    [59_600, '1 min'],
    [192_000, '3 min 12 s'],
    [7_500_000, '2 h 5 min'],
    [3_599_800, '1 h'],
    [273_600_000, '3 d 4 h'],
    [-5, '0 ms'],
    [Number.POSITIVE_INFINITY, 'unknown'],
  ])('%d ms is %s', (ms, words) => expect(formatDuration(ms)).toBe(words));

  it.each([
    [0, '0'],
    [450, '450 ms'],
    [1500, '1.5 s'],
    [75_000, '75 s'],
    [720_000, '12 min'],
  ])('%d ms on an axis is %s', (ms, words) => expect(formatAxisDuration(ms)).toBe(words));

  it('never promises less than a second', () => expect(formatTimeLeft(0.2)).toBe('1 s left'));
});

describe('figures', () => {
  it.each([
    [61.27, '61 tokens/s'],
    [9.96, '10 tokens/s'],
    [4.21, '4.2 tokens/s'],
    [4, '4 tokens/s'],
  ])('%d is %s', (value, words) => expect(formatSpeed(value)).toBe(words));
  it('groups thousands', () => expect(formatFigure(12_345)).toBe('12,345'));
  it('knows one from many', () => {
    expect(plural(1, 'request')).toBe('1 request');
    expect(plural(0, 'request')).toBe('0 requests');
    expect(plural(2, 'reply', 'replies')).toBe('2 replies');
  });
});

describe('formatRelative', () => {
  const now = Date.UTC(2026, 10, 20, 12);
  it.each([
    [now - 2000, 'just now'],
    [now + 2000, 'just now'],
    [now - 12_000, '12 s ago'],
    [now - 300_000, '5 min ago'],
    [now - 3 * 3_600_000, '3 h ago'],
    [now - 86_400_000, '1 day ago'],
    [now + 29 * 86_400_000, 'in 29 days'],
    [now - 60 * 86_400_000, '21 Sept 2026'],
  ])('%d is %s', (then, words) => expect(formatRelative(then, now)).toBe(words));
});

it('a moment has its day only when that is not today', () => {
  const now = new Date(2026, 10, 22, 14, 3, 7).getTime();
  expect(formatMoment(now, now)).toBe('14:03:07');
  expect(formatMoment(new Date(2026, 10, 21, 9, 0, 5).getTime(), now)).toBe('21 Nov 09:00:05');
});

it('dates and numbers read as Intl has them for en-GB', () => {
  const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
  for (let month = 0; month < 12; month += 1) {
    const then = new Date(2026, month, 1 + month, month * 2, 5, month).getTime();
    expect(formatExact(then)).toBe(exact.format(then));
  }
  const count = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
  for (const value of [
    0,
    0.5,
    2.5,
    -2.5,
    999.4,
    999.5,
    1000,
    -12_345,
    999_999.5,
    1_234_567,
    1e12,
    Number.NaN,
  ])
    expect(formatCount(value)).toBe(count.format(value));
});
