/** A proxy in front of Docker's socket that can be gone, silent or failing, and can cut what goes through it. Linux, macOS. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DockerProxy {
  /** For DOCKER_HOST. */
  host: string;
  /** Everything goes through, as it is. */
  pass(): Promise<void>;
  /** As a stopped daemon: connections end, and new ones are refused. */
  gone(): Promise<void>;
  /** As a hanging daemon: connections are taken, and nothing is ever said. */
  hang(): void;
  /** As a sick daemon: every new request is answered with 500. */
  fail(): void;
  /** All connections of now end; new ones go through. */
  cut(): void;
  close(): Promise<void>;
}

const SICK = '{"message":"fault-docker: the disk is on fire"}';
const ANSWER_500 = `HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\ncontent-length: ${SICK.length}\r\nconnection: close\r\n\r\n${SICK}`;

/** `dockerHost`: `unix:///…` of the real one. */
export async function startDockerProxy(dockerHost: string): Promise<DockerProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-docker-proxy-'));
  const path = join(folder, 'docker.sock');
  const real = dockerHost.replace(/^unix:\/\//, '');
  const sockets = new Set<Socket>();
  let mode: 'pass' | 'hang' | 'fail' = 'pass';
  let server: Server | undefined;

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  };
  const serve = (client: Socket) => {
    track(client);
    if (mode === 'hang') return;
    if (mode === 'fail') {
      client.once('data', () => client.end(ANSWER_500));
      return;
    }
    const upstream = connect({ path: real, allowHalfOpen: true });
    track(upstream);
    client.pipe(upstream);
    upstream.pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  };
  const listen = async () => {
    const fresh = createServer({ allowHalfOpen: true }, serve);
    await new Promise<void>((resolve, reject) => {
      fresh.once('error', reject);
      fresh.listen(path, resolve);
    });
    server = fresh;
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  await listen();

  return {
    host: `unix://${path}`,
    cut,
    async pass() {
      mode = 'pass';
      // A connection that was taken in silence stays silent, as one of a hanging daemon does not: it goes on.
      cut();
      if (server === undefined) await listen();
    },
    async gone() {
      const old = server;
      server = undefined;
      cut();
      await new Promise<void>((resolve) => (old === undefined ? resolve() : old.close(() => resolve())));
    },
    hang() {
      mode = 'hang';
      for (const socket of sockets) {
        socket.unpipe();
        socket.removeAllListeners('data');
        socket.pause();
      }
    },
    fail() {
      mode = 'fail';
      cut();
    },
    async close() {
      cut();
      await new Promise<void>((resolve) =>
        server === undefined ? resolve() : server.close(() => resolve()),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
