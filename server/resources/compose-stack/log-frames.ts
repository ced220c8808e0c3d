/**
 * The engine's log stream: frames of [kind, 0, 0, 0, length as u32 big-endian] and that many bytes; kind 1 is stdout,
 * 2 is stderr. A container with a terminal has no frames. Lines begin with an RFC 3339 time.
 */
import { StringDecoder } from 'node:string_decoder';
import { harmless } from '../../lib/harmless.ts';

export interface LogLine {
  service: string;
  stream: 'stdout' | 'stderr';
  /** Epoch milliseconds; null where the engine gave none. */
  at: number | null;
  text: string;
}

export interface LogReader {
  feed(chunk: Buffer): LogLine[];
  /** What came without a line end. */
  end(): LogLine[];
}

const HEADER = 8;
/** A program that never ends its line must not fill the memory. */
const MAX_REST = 1024 * 1024;

export function createLogReader(service: string, terminal: boolean): LogReader {
  const streams = { stdout: lineSplitter(service, 'stdout'), stderr: lineSplitter(service, 'stderr') };
  let rest: Buffer = Buffer.alloc(0);
  return {
    feed(chunk) {
      if (terminal) return streams.stdout.feed(chunk);
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const lines: LogLine[] = [];
      while (rest.length >= HEADER) {
        const length = rest.readUInt32BE(4);
        if (rest.length < HEADER + length) break;
        const stream = rest[0] === 2 ? streams.stderr : streams.stdout;
        lines.push(...stream.feed(rest.subarray(HEADER, HEADER + length)));
        rest = rest.subarray(HEADER + length);
      }
      return lines;
    },
    end: () => [...streams.stdout.end(), ...streams.stderr.end()],
  };
}

function lineSplitter(service: string, stream: LogLine['stream']) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    feed(chunk: Buffer): LogLine[] {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = (lines.pop() ?? '').slice(0, MAX_REST);
      return lines.map((line) => toLine(service, stream, line));
    },
    end(): LogLine[] {
      const last = rest + decoder.end();
      rest = '';
      return last === '' ? [] : [toLine(service, stream, last)];
    },
  };
}

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s;

function toLine(service: string, stream: LogLine['stream'], line: string): LogLine {
  const match = STAMPED.exec(line);
  const at = match?.[1] === undefined ? Number.NaN : Date.parse(match[1]);
  return { service, stream, at: Number.isNaN(at) ? null : at, text: harmless(match?.[2] ?? line) };
}
