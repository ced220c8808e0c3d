import { describe, expect, it } from 'vitest';
import { inWords, sourceOf } from './config-words.ts';
import { countLines, lineRange } from './lines.ts';

describe('lines', () => {
  it('are counted from 1', () => {
    expect([countLines(''), countLines('a'), countLines('a\n'), countLines('a\r\nb')]).toEqual([1, 1, 2, 2]);
  });

  it.each([
    [1, 'one'],
    [2, ''],
    [3, 'three'],
    [9, 'three'],
  ])('%i', (line, words) => {
    expect('one\n\nthree'.slice(...lineRange('one\n\nthree', line))).toBe(words);
  });
});

it('values are told as one would write them', () => {
  expect(inWords([])).toBe('none');
  expect(inWords(['weaviate-ready', { name: 'mine', type: 'command' }])).toBe('weaviate-ready, mine');
  expect(inWords(0.3)).toBe('0.3');
  expect(sourceOf({ origin: 'environment', variable: 'MODEL_ID', value: 'x' })).toContain('MODEL_ID');
  expect(sourceOf({ origin: 'default', variable: null, value: null })).toBe('no default');
});
