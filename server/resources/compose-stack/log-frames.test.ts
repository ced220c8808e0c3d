import { describe, expect, it } from 'vitest';
import { createLogReader } from './log-frames.ts';
import { harmless, MAX_LINE } from '../../lib/harmless.ts';

function frame(kind: 1 | 2, text: string | Buffer): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = kind;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

describe('createLogReader', () => {
  const stamp = '2026-11-22T09:00:00.123456789Z';

  it('takes stdout and stderr apart, with times', () => {
    const reader = createLogReader('model', false);
    const lines = reader.feed(Buffer.concat([frame(1, `${stamp} one\n`), frame(2, `${stamp} two\n`)]));
    expect(lines).toEqual([
      { service: 'model', stream: 'stdout', at: Date.parse('2026-11-22T09:00:00.123Z'), text: 'one' },
      { service: 'model', stream: 'stderr', at: Date.parse('2026-11-22T09:00:00.123Z'), text: 'two' },
    ]);
  });

  it('gives the same lines however the bytes are cut, inside a character too', () => {
    const bytes = Buffer.concat([
      frame(1, `${stamp} grüße €\n${stamp} `),
      frame(2, 'x\n'),
      frame(1, 'more\nend'),
    ]);
    const whole = createLogReader('m', false);
    const expected = [...whole.feed(bytes), ...whole.end()];
    expect(expected.map(({ text }) => text)).toEqual(['grüße €', 'x', 'more', 'end']);
    for (const size of [1, 3, 7]) {
      const reader = createLogReader('m', false);
      const lines = [];
      for (let at = 0; at < bytes.length; at += size)
        lines.push(...reader.feed(bytes.subarray(at, at + size)));
      expect([...lines, ...reader.end()]).toEqual(expected);
    }
  });

  it('reads a terminal without frames', () => {
    expect(createLogReader('m', true).feed(Buffer.from('plain\n'))[0]).toMatchObject({
      text: 'plain',
      at: null,
    });
  });
});

describe('harmless', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jx', 'x'],
    ['\u001bPq#0\u001b\\x', 'x'],
    ['a\u001b[2Ab', 'ab'],
    ['over\rwritten\u0008', 'overwritten'],
    ['tab\tstays', 'tab\tstays'],
    ['evil\u202egnp.exe', 'evil<U+202E>gnp.exe'],
    ['zero\u200bwidth', 'zero<U+200B>width'],
    ['\u001b', ''],
  ])('%j', (text, clean) => {
    expect(harmless(text)).toBe(clean);
  });

  it('cuts what is endless', () => {
    expect(harmless('x'.repeat(MAX_LINE * 2)).length).toBeLessThan(MAX_LINE + 20);
  });
});
