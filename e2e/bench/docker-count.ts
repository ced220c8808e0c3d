/** In front of Docker's socket: everything passes as it is and the requests are counted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DockerCount {
  /** For DOCKER_HOST. */
  host: string;
  /** Requests since the last call of this. */
  take(): number;
  close(): Promise<void>;
}

const REQUEST = /(?:^|\n)(?:GET|HEAD|POST|PUT|DELETE) \/\S* HTTP\/1\.1\r\n/g;

export async function countDocker(dockerHost: string): Promise<DockerCount> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-bench-'));
  const path = join(folder, 'docker.sock');
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: dockerHost.replace(/^unix:\/\//, ''), allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      count += [...bytes.toString('latin1').matchAll(REQUEST)].length;
    });
    client.pipe(upstream);
    upstream.pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`,
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) =>
        server.close(() => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        }),
      );
    },
  };
}
