/**
 * A recorder between the browser and the product: every request passes with its headers as they came, and what was
 * sent and answered is kept. The browser is told by `--host-resolver-rules` to come here; it and the product both
 * believe that they talk to each other.
 */
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Seen {
  method: string;
  /** Path and query. */
  target: string;
  headers: IncomingHttpHeaders;
  /** 0 until it was answered. */
  status: number;
  /** Why it was not. */
  failure?: string;
}

export interface Spy {
  /** Where the browser is to connect. */
  port: number;
  seen: Seen[];
  /** The answered requests of which `matches` is true, once there are `count` of them; rejects when there never are. */
  answered(count: number, matches: (seen: Seen) => boolean): Promise<Seen[]>;
  close(): Promise<void>;
}

const PATIENCE_MS = 50_000;

export async function spyOn(productPort: number): Promise<Spy> {
  const seen: Seen[] = [];
  const server = createServer((incoming, outgoing) => {
    const entry: Seen = {
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      headers: incoming.headers,
      status: 0,
    };
    seen.push(entry);
    const onward = request(
      {
        host: '127.0.0.1',
        port: productPort,
        method: entry.method,
        path: entry.target,
        headers: incoming.rawHeaders,
        setHost: false,
        agent: false,
      },
      (answer) => {
        entry.status = answer.statusCode ?? 0;
        outgoing.writeHead(entry.status, answer.rawHeaders);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', (error) => {
      entry.failure = error.message;
      outgoing.destroy();
    });
    outgoing.on('close', () => onward.destroy());
    // In one piece: a refusal ends the connection unread, and what came after it would reset the answer away.
    const body: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => body.push(chunk));
    incoming.on('end', () => onward.end(Buffer.concat(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    async answered(count, matches) {
      const until = performance.now() + PATIENCE_MS;
      for (;;) {
        const found = seen.filter((entry) => entry.status !== 0 && matches(entry));
        if (found.length >= count) return found;
        if (performance.now() > until) {
          const open = seen.filter((entry) => entry.status === 0 && matches(entry));
          const words = open
            .map(({ target, failure }) => `${target} ${failure ?? 'not answered'}`)
            .join(', ');
          throw new Error(`${found.length} of ${count} expected requests were answered in time; ${words}`);
        }
        await sleep(25);
      }
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
