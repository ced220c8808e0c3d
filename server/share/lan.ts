/**
 * The listener for the network: a server of its own that hands everything to the share's visits and knows no other
 * route. It is there only while a share asks for it.
 */
import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { errnoOf, LabError } from '../lib/errors.ts';
import { isPortFree, portHolder } from '../lib/ports.ts';
import type { ShareVisit } from './visits.ts';

const FIRST_PORT = 3080;
const TRIES = 20;
const CONNECTIONS_MAX = 1024;
/** Requests a second over all visitors, and how many may come at once: 500 people who open the page together. */
const PER_SECOND = 300;
const AT_ONCE = 1500;

const OPTIONS = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 2000,
  maxHeaderSize: 8 * 1024,
};

export interface Lan {
  /** The port it listens on; undefined while it doesn't. */
  port(): number | undefined;
  /** Opens it on this port, or on the first free one; the port of the one that is open. Throws `lan_port_in_use`. */
  open(port: number | undefined): Promise<number>;
  close(): void;
}

export function createLan(visit: ShareVisit): Lan {
  let server: Server | undefined;
  let port: number | undefined;
  let opening: Promise<number> | undefined;

  const make = (): Server => {
    const admit = createBudget();
    const made = createServer(OPTIONS, (request, response) => {
      if (admit()) visit(request, response, 'network');
      else response.writeHead(503, { 'Retry-After': '5', Connection: 'close' }).end();
    });
    made.maxConnections = CONNECTIONS_MAX;
    made.on('connect', refuse('405 Method Not Allowed'));
    made.on('upgrade', refuse('404 Not Found'));
    made.on('clientError', (_error, socket: Duplex) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    });
    return made;
  };

  const listen = async (asked: number | undefined): Promise<number> => {
    outward = await addressOutward();
    const candidates =
      asked === undefined ? Array.from({ length: TRIES }, (_, n) => FIRST_PORT + n) : [asked];
    for (const candidate of candidates) {
      const opened = await tryListen(make, candidate);
      if (opened === undefined) continue;
      server = opened;
      port = candidate;
      return candidate;
    }
    throw await portInUse(candidates[0] ?? FIRST_PORT, asked === undefined);
  };

  return {
    port: () => port,
    async open(asked) {
      if (port !== undefined) return port;
      opening ??= listen(asked).finally(() => {
        opening = undefined;
      });
      return opening;
    },
    close() {
      server?.close();
      server?.closeAllConnections();
      server = undefined;
      port = undefined;
    },
  };
}

function refuse(status: string) {
  return (_request: unknown, socket: Duplex) => {
    socket.on('error', () => undefined);
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };
}

/** On all addresses of both families; on IPv4 alone where there is no other. Undefined: the port is taken. */
async function tryListen(make: () => Server, port: number): Promise<Server | undefined> {
  if (!(await isPortFree(port))) return undefined;
  for (const host of ['::', '0.0.0.0']) {
    const server = make();
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, exclusive: true }, () => resolve());
      });
      // Later faults of the listening socket end nothing but itself.
      server.on('error', () => undefined);
      return server;
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') return undefined;
      if (host === '0.0.0.0') throw error;
    }
  }
  return undefined;
}

/** True while the budget lasts; it fills again by the second. */
function createBudget(): () => boolean {
  let left = AT_ONCE;
  let filledAt = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(AT_ONCE, left + ((now - filledAt) / 1000) * PER_SECOND);
    filledAt = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

async function portInUse(port: number, any: boolean): Promise<LabError> {
  const holder = (await portHolder(port)) ?? 'another program';
  return new LabError({
    code: 'lan_port_in_use',
    message: any
      ? `No port from ${port} to ${port + TRIES - 1} is free for the share page.`
      : `Port ${port}, which the share page needs, is held by ${holder}.`,
    fix: 'End that program, or name another port: `ailab-web share --lan --lan-port PORT`.',
    status: 409,
  });
}

/** Bridges, tunnels and virtual machines: reached from here, but seldom by a person. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|lo|cni|podman|tun|tap|utun|wg|zt|awdl|llw)/i;
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** The address that this machine has towards the rest of the world, as it was when the listener was opened. */
let outward: string | undefined;

/** The system names it for a socket that is bound to a far address; nothing is sent. Undefined without a way out. */
function addressOutward(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (address: string | undefined) => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => end(undefined));
    socket.connect(9, '198.51.100.1', () => end(socket.address().address));
  });
}

/** IPv4 addresses under which others may find this machine, the likeliest first. */
export function lanAddresses(): string[] {
  return Object.entries(networkInterfaces())
    .flatMap(([name, addresses = []]) =>
      addresses
        .filter(
          ({ family, internal, address }) =>
            family === 'IPv4' && !internal && !address.startsWith('169.254.'),
        )
        .map(({ address }) => ({
          address,
          rank:
            Number(address !== outward) * 4 + Number(VIRTUAL.test(name)) * 2 + Number(!PRIVATE.test(address)),
        })),
    )
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ address }) => address);
}
