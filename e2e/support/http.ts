/** Requests as nobody's browser would send them: any header, any bytes. `fetch` forbids Host, Origin and Cookie. */
import { request } from 'node:http';
import { connect } from 'node:net';

export interface Ask {
  method?: string;
  path: string;
  /** Sent as they are. Without a Host here it is `localhost:<port>`. */
  headers?: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const PATIENCE_MS = 15_000;

/** One request on a connection of its own. The path must be one that node lets through; else use `sendRaw`. */
export function ask(port: number, { method = 'GET', path, headers = {}, body }: Ask): Promise<Answer> {
  const own = Object.keys(headers).some((name) => name.toLowerCase() === 'host');
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        setHost: false,
        timeout: PATIENCE_MS,
        headers: {
          ...(own ? {} : { host: `localhost:${port}` }),
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer in time`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/**
 * Bytes as they are, and all that comes back until the other side closes or is silent for `quietMs`. A reset counts
 * as the end: it is one way to refuse.
 */
export function sendRaw(port: number, bytes: string | Buffer, quietMs = 1000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const chunks: Buffer[] = [];
    let connected = false;
    const end = () => {
      socket.destroy();
      // `100 Continue` is no answer yet.
      resolve(
        Buffer.concat(chunks)
          .toString('latin1')
          .replace(/^(HTTP\/1\.1 1(?!01)\d\d .*?\r\n\r\n)+/s, ''),
      );
    };
    socket.on('connect', () => {
      connected = true;
      socket.write(bytes);
    });
    socket.setTimeout(quietMs, end);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', end);
    socket.on('error', (error) => (connected ? end() : reject(error)));
  });
}

/** Status of the first response in raw bytes; 0 when there is none. */
export function statusOf(raw: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(raw)?.[1] ?? 0);
}

/** Body of the first response in raw bytes, without the sizes of its chunks. */
export function bodyOf(raw: string): string {
  const end = raw.indexOf('\r\n\r\n');
  if (end === -1) return '';
  const body = raw.slice(end + 4);
  if (!/^transfer-encoding: *chunked/im.test(raw.slice(0, end))) return body;
  const chunks: string[] = [];
  for (let at = 0; ;) {
    const line = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.slice(at, line), 16);
    if (line === -1 || !(size > 0)) return chunks.join('');
    chunks.push(body.slice(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
