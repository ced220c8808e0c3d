/** Replies of a model server, good and bad, each a pure function of its seed: the server sends it, the test expects it. */

export interface ReplyCase {
  kind: (typeof KINDS)[number];
  /** Everything comes through as it is and to its own end; else a clean error follows what came. */
  whole: boolean;
  streamed: boolean;
  status: number;
  headers: Record<string, string>;
  /** Written one after the other. */
  parts: Buffer[];
  /** What happens after the parts; `raw` parts are written in place of a response. */
  end: 'end' | 'reset' | 'raw' | 'before-headers';
}

export const KINDS = [
  'split UTF-8 stream',
  'split JSON body',
  'many tiny events, CRLF',
  'bad JSON in events, [DONE]',
  'bad JSON in events, no [DONE]',
  'invalid UTF-8',
  'error status with HTML',
  'empty body',
  'reset before headers',
  'reset after headers',
  'reset in the middle',
  'no HTTP at all',
  'headers of 40 KB',
  'shorter than it says',
  'bad chunk size',
  'an event of 10 MB',
] as const;

/** A generator of numbers in [0, 1) with 32 bits of state (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS = ['Grüße', '日本語', '🙂🙃', 'plain', 'naïve\\n', 'Ж', '\u0000', '"quoted"'];
/** The large one is rare: it costs more than all the others together. */
const LARGE_EVERY = 40;

export function replyCase(seed: number): ReplyCase {
  const next = random(seed + 1);
  const kind =
    seed % LARGE_EVERY === LARGE_EVERY - 1
      ? 'an event of 10 MB'
      : (KINDS[Math.floor(next() * (KINDS.length - 1))] ?? KINDS[0]);
  const word = () => WORDS[Math.floor(next() * WORDS.length)] ?? '';
  const event = (text: string) => `data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`;
  const events = (count: number) => Array.from({ length: count }, () => event(word())).join('');
  const sse = { 'content-type': 'text/event-stream' };
  const json = { 'content-type': 'application/json' };
  const base = { kind, whole: true, streamed: true, status: 200, headers: sse, end: 'end' } as const;
  const some = 1 + Math.floor(next() * 6);
  const done = 'data: [DONE]\n\n';
  const split = (text: string | Buffer) => cut(Buffer.from(text as string), next);
  switch (kind) {
    case 'split UTF-8 stream':
      return { ...base, parts: split(events(some) + done) };
    case 'split JSON body': {
      const body = JSON.stringify({ choices: [{ message: { content: word() + word() } }], usage: null });
      return { ...base, streamed: false, headers: json, parts: split(body) };
    }
    case 'many tiny events, CRLF':
      return { ...base, parts: split((events(60) + done).replaceAll('\n\n', '\r\n\r\n')) };
    case 'bad JSON in events, [DONE]':
      return {
        ...base,
        parts: split(`data: {"choices":[{"delta"\n\ndata: 7\n\ndata:\n\n${event('x')}${done}`),
      };
    case 'bad JSON in events, no [DONE]':
      return { ...base, parts: split(`${events(some)}data: {{{\n\n`) };
    case 'invalid UTF-8':
      return {
        ...base,
        parts: [
          Buffer.from('data: '),
          Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x80]),
          Buffer.from(`\n\n${done}`),
        ],
      };
    case 'error status with HTML':
      return {
        ...base,
        streamed: next() < 0.5,
        status: 500 + Math.floor(next() * 5),
        headers: { 'content-type': 'text/html' },
        parts: split('<html>Oops</html>'),
      };
    case 'empty body':
      return { ...base, streamed: next() < 0.5, parts: [] };
    case 'reset before headers':
      return { ...base, whole: false, streamed: next() < 0.5, parts: [], end: 'before-headers' };
    case 'reset after headers':
      return { ...base, whole: false, parts: [], end: 'reset' };
    case 'reset in the middle':
      return { ...base, whole: false, streamed: next() < 0.7, parts: split(events(some)), end: 'reset' };
    case 'no HTTP at all':
      return { ...base, whole: false, streamed: next() < 0.5, parts: [garbage(200, next)], end: 'raw' };
    case 'headers of 40 KB':
      return {
        ...base,
        whole: false,
        streamed: next() < 0.5,
        parts: [Buffer.from(`HTTP/1.1 200 OK\r\nx-large: ${'y'.repeat(40_000)}\r\n\r\n`)],
        end: 'raw',
      };
    case 'shorter than it says':
      return {
        ...base,
        whole: false,
        streamed: false,
        headers: { ...json, 'content-length': '5000' },
        parts: split('{"choices":[]'),
        end: 'reset',
      };
    case 'bad chunk size':
      return {
        ...base,
        whole: false,
        parts: [
          Buffer.from(
            `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n${event('x')}`,
          ),
        ],
        end: 'raw',
      };
    case 'an event of 10 MB':
      return { ...base, parts: [Buffer.from(event('z'.repeat(10_000_000)) + done)] };
  }
}

/** In up to six pieces, wherever it falls: in the middle of a character too. */
function cut(whole: Buffer, next: () => number): Buffer[] {
  const marks = Array.from({ length: 5 }, () => Math.floor(next() * whole.length)).toSorted((a, b) => a - b);
  return [...marks, whole.length]
    .map((mark, at) => whole.subarray(marks[at - 1] ?? 0, mark))
    .filter((part) => part.length > 0);
}

function garbage(length: number, next: () => number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)));
}
