import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadReply, createHttpReply } from './http-reply.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';

/** All that a reply in these pieces says; `closed`: its connection is closed after them. */
function readAll(pieces: readonly (string | Buffer)[], closed = false) {
  const reply = createHttpReply();
  const body = pieces.map((piece) => Buffer.from(reply.read(Buffer.from(piece))));
  if (closed) reply.close();
  return { ...reply, ended: reply.ended, body: Buffer.concat(body).toString('utf8') };
}

/** The text cut at these places. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const at = [0, ...places.map((place) => place % bytes.length).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('a reply', () => {
  it('is the same wherever its bytes are cut', () => {
    const chunks = fc.array(fc.constantFrom('Hé', 'llo 🎉', '0\r\n\r\n', 'x'.repeat(40)), { maxLength: 6 });
    fc.assert(
      fc.property(chunks, fc.array(fc.nat(), { maxLength: 8 }), (words, places) => {
        const framed = words.map((word) => `${Buffer.byteLength(word).toString(16)};x=1\r\n${word}\r\n`);
        const text = `${HEAD}Transfer-Encoding: chunked\r\n\r\n${framed.join('')}0\r\nX-Last: 1\r\n\r\n`;
        const { body, ended, overfull, head } = readAll(cut(text, places));
        expect([body, ended, overfull, head?.status]).toEqual([words.join(''), true, false, 200]);
      }),
      { numRuns: 40 },
    );
  });

  it('has the length that it tells', () => {
    const { body, ended, overfull } = readAll([`${HEAD}Content-Length: 5\r\n\r\nHel`, 'lo', '!']);
    expect([body, ended, overfull]).toEqual(['Hello', true, true]);
  });

  it('without a length ends with its connection, and with one does not', () => {
    expect(readAll([`${HEAD}\r\nHello`], true)).toMatchObject({ body: 'Hello', ended: true });
    expect(() => readAll([`${HEAD}Content-Length: 9\r\n\r\nHello`], true)).toThrow(BadReply);
  });

  it('comes after those that only say wait, and may have no body', () => {
    const text = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n';
    expect(readAll([text])).toMatchObject({ ended: true, head: { status: 204, keepAlive: false } });
  });

  it.each([
    'SSH-2.0-OpenSSH_9.2\r\n',
    'HTTP/1.1 2000 OK\r\n\r\n',
    `${HEAD}no header\r\n\r\n`,
    `${HEAD}Content-Length: 5, 6\r\n\r\n`,
    `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
    `${HEAD}Transfer-Encoding: gzip\r\n\r\n`,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nHello!`,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\nx\r\n`,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n1234567890123\r\n`,
    `${HEAD}X: ${'x'.repeat(40_000)}`,
  ])('that is no good is refused: %#', (text) => expect(() => readAll([text])).toThrow(BadReply));
});
