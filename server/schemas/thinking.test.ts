import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createThinkSplitter } from './thinking.ts';

function parted(pieces: string[]) {
  const splitter = createThinkSplitter();
  let thought = '';
  let answer = '';
  for (const part of [...pieces.map((piece) => splitter.push(piece)), splitter.end()]) {
    thought += part.thought;
    answer += part.answer;
  }
  return { thought, answer };
}

const CASES: [string, string, string][] = [
  ['<think>\nA <b> or c?\n</think>\n\nIt is **b**.', '\nA <b> or c?\n', 'It is **b**.'],
  ['\n<thinking>one</thinking>\n<think>two</think> 3', 'onetwo', '3'],
  ['Say `<think>` and </think>.', '', 'Say `<think>` and </think>.'],
  ['<th', '', '<th'],
  ['<think>cut o', 'cut o', ''],
  ['<think>', '', ''],
  ['  <table>', '', '  <table>'],
  ['', '', ''],
];

describe('createThinkSplitter', () => {
  it.each(CASES)('%j', (text, thought, answer) => {
    expect(parted([text])).toEqual({ thought, answer });
    expect(parted([...text])).toEqual({ thought, answer });
  });

  it('says the same however the text is cut', () => {
    const part = fc.constantFrom('<think>', '</think>', '<', '\n', ' a ', '<thinking>', '</thinking>', 'b');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        expect(parted([...text])).toEqual(parted([text]));
      }),
      { numRuns: 100 },
    );
  });
});
