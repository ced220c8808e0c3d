import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseParser, type SseEvent } from './sse.ts';

const encode = (text: string) => new TextEncoder().encode(text);

function parse(chunks: Uint8Array[]): SseEvent[] {
  const push = createSseParser();
  return chunks.flatMap((chunk) => push(chunk));
}

/** Cuts the bytes at the given places, wherever they fall. */
function cut(bytes: Uint8Array, at: number[]): Uint8Array[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.slice(from, places[index] ?? bytes.length));
}

const STREAM =
  ': ping\n\ndata: {"t":"Grüß Gott, 世界 🌍"}\n\n' +
  'event: error\r\ndata: one\r\ndata: two\r\n\r\n' +
  'id: 7\rdata:no space\r\r' +
  ':\n\ndata\n\ndata: [DONE]\n\n';

const EVENTS: SseEvent[] = [
  { event: 'message', data: '{"t":"Grüß Gott, 世界 🌍"}' },
  { event: 'error', data: 'one\ntwo' },
  { event: 'message', data: 'no space' },
  { event: 'message', data: '' },
  { event: 'message', data: '[DONE]' },
];

describe('createSseParser', () => {
  it('reads all three line ends, comments, names and many data lines', () => {
    expect(parse([encode(STREAM)])).toEqual(EVENTS);
  });

  it('reads the same from single bytes', () => {
    expect(parse([...encode(STREAM)].map((byte) => Uint8Array.of(byte)))).toEqual(EVENTS);
  });

  it('reads the same however it is cut', () => {
    const bytes = encode(STREAM);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (at) => {
        expect(parse(cut(bytes, at))).toEqual(EVENTS);
      }),
    );
  });

  it('drops a leading byte order mark', () => {
    expect(parse([Uint8Array.of(0xef, 0xbb), Uint8Array.of(0xbf), encode('data: x\n\n')])).toEqual([
      { event: 'message', data: 'x' },
    ]);
  });

  it('keeps back an event that is not finished', () => {
    const push = createSseParser();
    expect(push(encode('data: half\n'))).toEqual([]);
    expect(push(encode('\n'))).toEqual([{ event: 'message', data: 'half' }]);
  });
});
