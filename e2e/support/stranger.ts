/** A server that is not ours: another site, or another program of the same machine. It keeps what it is sent. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Stranger {
  port: number;
  visits: { target: string; headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

/** Answers every path with the same page. */
export async function strangerServing(html = '<!doctype html><title>stranger</title>'): Promise<Stranger> {
  const visits: Stranger['visits'] = [];
  const server = createServer((request, response) => {
    visits.push({ target: request.url ?? '', headers: request.headers });
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    visits,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
