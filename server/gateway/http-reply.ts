/**
 * One HTTP/1.1 reply (RFC 9112) out of the bytes of a connection. Node's parser calls back for each chunk of a body and
 * makes a stream of it; this one gives all of the body that is in a read as one piece, in the same turn.
 */

export interface ReplyHead {
  status: number;
  /** By lower-case name; a header that comes twice is joined by a comma. */
  headers: ReadonlyMap<string, string>;
  /** The connection can take another request when this reply has ended. */
  keepAlive: boolean;
}

export interface HttpReply {
  /** Undefined until it has come. */
  readonly head: ReplyHead | undefined;
  /** The whole body has come. */
  readonly ended: boolean;
  /** More came than the reply: the connection can't be used again. */
  readonly overfull: boolean;
  /** The part of the body that is in these bytes, maybe empty. It lies in their memory, which is changed. Throws BadReply. */
  read(bytes: Buffer): Buffer;
  /** The other side has closed the connection. Throws BadReply unless that is where the reply ends. */
  close(): void;
}

export class BadReply extends Error {
  override name = 'BadReply';
}

const HEAD_MAX = 32 * 1024;
const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Past it, a size is no number that can be counted exactly. */
const SIZE_DIGITS_MAX = 12;

const NOTHING = Buffer.alloc(0);
const [CR, LF, SEMICOLON, SPACE, TAB] = [13, 10, 59, 32, 9];

type Phase =
  | 'head'
  /** A body of a told length, or the data of a chunk: `left` bytes of it are to come. */
  | 'data'
  | 'until close'
  /** Of a chunked body, byte by byte. */
  | 'size'
  | 'extension'
  | 'size end'
  | 'data end'
  | 'data end LF'
  | 'trailer'
  | 'trailer line'
  | 'last LF'
  | 'ended';

export function createHttpReply(): HttpReply {
  let phase: Phase = 'head';
  let chunked = false;
  let left = 0;
  let digits = 0;
  let held: Buffer = NOTHING;

  const reply = {
    head: undefined as ReplyHead | undefined,
    overfull: false,
    get ended() {
      return phase === 'ended';
    },
    read(bytes: Buffer): Buffer {
      const from = phase === 'head' ? readHead(bytes) : bytes;
      return phase === 'head' ? NOTHING : readBody(from);
    },
    close() {
      if (phase === 'until close') phase = 'ended';
      if (phase !== 'ended') throw new BadReply('the connection was closed before the reply had ended');
    },
  };
  return reply;

  /** What follows the head, once there is all of it. */
  function readHead(bytes: Buffer): Buffer {
    let all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    for (;;) {
      const end = all.indexOf(HEAD_END);
      if (end > HEAD_MAX || (end === -1 && all.length > HEAD_MAX))
        throw new BadReply('the head of the reply is too long');
      if (end === -1) {
        if (!'HTTP/1.'.startsWith(all.toString('latin1', 0, 7))) throw new BadReply('it does not speak HTTP');
        held = all;
        return NOTHING;
      }
      const head = parseHead(all.toString('latin1', 0, end));
      all = all.subarray(end + HEAD_END.length);
      if (head.status === 101) throw new BadReply('it wants to speak something else than HTTP');
      // 100 Continue and its like come before the reply.
      if (head.status < 200) continue;
      held = NOTHING;
      reply.head = head;
      begin(head);
      return all;
    }
  }

  function begin({ status, headers }: ReplyHead): void {
    const coding = headers.get('transfer-encoding');
    const length = headers.get('content-length');
    if (status === 204 || status === 304) phase = 'ended';
    else if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked' || length !== undefined)
        throw new BadReply('its framing is not understood');
      chunked = true;
      phase = 'size';
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw new BadReply('its length is no number');
      left = Number(length);
      phase = left === 0 ? 'ended' : 'data';
    } else phase = 'until close';
  }

  function readBody(bytes: Buffer): Buffer {
    if (phase === 'until close') return bytes;
    let from = -1;
    let to = 0;
    let at = 0;
    while (at < bytes.length && phase !== 'ended') {
      if (phase !== 'data') {
        step(bytes[at] ?? 0);
        at += 1;
        continue;
      }
      const size = Math.min(left, bytes.length - at);
      if (from === -1) from = to = at;
      // The sizes between the chunks are squeezed out, so that they leave as one piece.
      if (to !== at) bytes.copyWithin(to, at, at + size);
      to += size;
      at += size;
      left -= size;
      if (left === 0) phase = chunked ? 'data end' : 'ended';
    }
    if (at < bytes.length) reply.overfull = true;
    return from === -1 ? NOTHING : bytes.subarray(from, to);
  }

  /** One byte between the chunks. */
  function step(byte: number): void {
    switch (phase) {
      case 'size': {
        const digit = hexDigit(byte);
        if (digit !== -1 && digits < SIZE_DIGITS_MAX) {
          left = left * 16 + digit;
          digits += 1;
        } else if (digits === 0 || digit !== -1) throw badChunk();
        else if (byte === CR) phase = 'size end';
        else if (byte === SEMICOLON || byte === SPACE || byte === TAB) phase = 'extension';
        else throw badChunk();
        return;
      }
      case 'extension':
        if (byte === CR) phase = 'size end';
        else if (byte === LF) throw badChunk();
        return;
      case 'size end':
        expect(byte, LF);
        digits = 0;
        phase = left === 0 ? 'trailer' : 'data';
        return;
      case 'data end':
        expect(byte, CR);
        phase = 'data end LF';
        return;
      case 'data end LF':
        expect(byte, LF);
        phase = 'size';
        return;
      case 'trailer':
        phase = byte === CR ? 'last LF' : 'trailer line';
        return;
      case 'trailer line':
        if (byte === LF) phase = 'trailer';
        return;
      default:
        expect(byte, LF);
        phase = 'ended';
    }
  }
}

function parseHead(text: string): ReplyHead {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, status] = STATUS_LINE.exec(first) ?? [];
  if (status === undefined) throw new BadReply('it does not speak HTTP');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(0, colon)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!HEADER_NAME.test(key) || !HEADER_VALUE.test(value))
      throw new BadReply('a header of its reply is malformed');
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  const connection = (headers.get('connection') ?? '').toLowerCase();
  const keepAlive = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive');
  return { status: Number(status), headers, keepAlive };
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

const badChunk = () => new BadReply('a chunk of its reply is malformed');

function expect(byte: number, wanted: number): void {
  if (byte !== wanted) throw badChunk();
}
