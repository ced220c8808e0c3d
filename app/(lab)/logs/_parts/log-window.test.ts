import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../_lib/wire.ts';
import { append, asText, EMPTY, MAX_CHARS, MAX_LINES, pieces, search } from './log-window.ts';

const line = (text: string, time: string | null = null): LogLine => ({
  time,
  service: 'model',
  stream: 'both',
  text,
});
const many = (count: number, text = 'x') => Array.from({ length: count }, () => line(text));

describe('the window', () => {
  it('keeps the newest lines and counts those that went', () => {
    const full = append(append(EMPTY, many(MAX_LINES)), [line('newest')]);
    expect([full.lines.length, full.dropped, full.lines.at(-1)?.text]).toEqual([MAX_LINES, 1, 'newest']);
    expect([full.lines[0]?.id, full.lines.at(-1)?.id]).toEqual([2, MAX_LINES + 1]);
  });

  it('keeps no more than a million characters, however few lines that are', () => {
    const full = append(EMPTY, many(100, 'y'.repeat(16_384)));
    expect(full.lines).toHaveLength(Math.floor(MAX_CHARS / 16_384));
    expect(full.chars).toBeLessThanOrEqual(MAX_CHARS);
    expect(append(EMPTY, [line('z'.repeat(MAX_CHARS + 1))]).lines).toEqual([]);
  });
});

describe('search', () => {
  it('finds words whatever their case, and marks every hit', () => {
    const { lines } = append(EMPTY, [line('An Error, an error'), line('fine')]);
    expect(search(lines, 'ERROR').map(({ text }) => text)).toEqual(['An Error, an error']);
    expect(pieces('An Error, an error', 'error')).toEqual(['An ', 'Error', ', an ', 'error', '']);
    expect(search(lines, '')).toHaveLength(2);
  });

  it('takes the words as they are, not as a pattern, and loses no letter', () => {
    expect(pieces('a.c abc', '.')).toEqual(['a', '.', 'c abc']);
    expect(pieces('İstanbul a', 'a').join('')).toBe('İstanbul a');
  });
});

it('downloads what the terminal would show', () => {
  expect(asText([line('a', '2026-11-22T09:00:00.000Z'), line('b')])).toBe('2026-11-22T09:00:00.000Z a\nb\n');
});
