import { describe, expect, it } from 'vitest';
import { createTokenText } from './token-text.ts';

/** Tokens are bytes. */
const model = {
  detokenize: (tokens: readonly number[]) => Buffer.from(tokens).toString('utf8'),
};

describe('createTokenText', () => {
  it('waits for the whole character', () => {
    const text = createTokenText(model, []);
    const pieces = [...Buffer.from('a→😀b')].map((byte) => text.push(byte));
    expect(pieces).toEqual(['a', '', '', '→', '', '', '', '😀', 'b']);
    expect(text.rest()).toBe('');
  });

  it('does not wait for ever for a broken one', () => {
    const text = createTokenText(model, []);
    const pieces = [0xff, 0xff, 0xff, 0xff, 0x61].map((byte) => text.push(byte));
    expect(pieces.join('')).toBe('\uFFFD\uFFFD\uFFFD\uFFFDa');
  });

  it('hands out what is left at the end', () => {
    const text = createTokenText(model, []);
    expect(text.push(0xe2)).toBe('');
    expect(text.rest()).toBe('\uFFFD');
  });
});
