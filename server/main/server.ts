/** The server of a home: engine, front and Next in one process, on the loopback in both families. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Db } from '../../db/client.ts';
import type { ApiHandler } from '../api/handler.ts';
import { loadConfig } from '../config/load.ts';
import { createEngine, type RunningEngine } from '../engine/engine.ts';
import type { Caller, Engine } from '../engine/contract.ts';
import type { Program } from '../engine/resources.ts';
import { createAuthRoutes } from '../front/auth-routes.ts';
import { createFront } from '../front/front.ts';
import { CHECKS, type Check } from '../front/gate.ts';
import { loadNext } from '../front/next-handler.ts';
import type { Silence } from '../gateway/forward.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { Home } from '../lib/home.ts';
import { boundYoungGeneration } from '../lib/young-generation.ts';
import { secretText } from '../services/access.ts';

export interface ServerOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
  port: number;
  /** Open, with this server's lease in it; it is closed with the server. */
  db?: Db;
  /** For the proof that each defence is needed; the product passes none of these. */
  checks?: readonly Check[];
  weaken?: (engine: RunningEngine) => RunningEngine;
  /** For tests: the gateway's limits, which are minutes otherwise. */
  silence?: Silence | undefined;
}

export interface RunningServer {
  engine: RunningEngine;
  port: number;
  cliSecret: string;
  /** Stops within the deadline, open streams or not. The lab itself goes on. */
  close(): Promise<void>;
}

const HOSTS = ['127.0.0.1', '::1'] as const;

const SOCKET_OPTIONS = {
  keepAliveTimeout: 65_000,
  maxHeaderSize: 32 * 1024,
  // What waits here for a client that reads slowly (Node's own is 64 KB): the rest waits at the model server.
  highWaterMark: 16 * 1024,
  // Java's client offers h2c with every request; an offer that is not taken is just a request.
  shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === 'websocket',
};

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { port } = options;
  const cliSecret = secretText();
  const strong = createEngine({ ...options, server: { port, cliSecret } });
  const engine = options.weaken?.(strong) ?? strong;
  const identify = (request: IncomingMessage) => engine.identify((name) => headerOf(request.headers[name]));
  const servers: Server[] = [];
  const closing = new AbortController();
  boundYoungGeneration(closing.signal);
  try {
    const front = createFront(
      {
        port,
        extraHosts: loadConfig(options.home.config).values.allowed_hosts ?? [],
        identify: (visit) => engine.identify(visit.header),
        hasCookie: (visit) => engine.parts.access.hasCookie(visit.header),
      },
      {
        ...createAuthRoutes(engine.parts.access, port),
        gateway: createGateway({
          endpoint: engine.endpoint,
          embeddings: engine.embeddings,
          identify,
          ...engine.parts.metering,
          replies: engine.parts.replies,
          silence: options.silence,
          closing: closing.signal,
        }),
        instruments: (_request, response) => void writeMetrics(response, engine.parts.instruments.registry),
        share: (request, response) => engine.parts.sharing.visit(request, response, 'machine'),
        api: laterApi(engine, identify),
        next: undefined,
      },
      options.checks ?? CHECKS,
    );
    for (const host of HOSTS) {
      const server = createServer(SOCKET_OPTIONS);
      front.attach(server);
      if (await listen(server, host, port)) servers.push(server);
    }
    await engine.parts.sharing.resume();
    // A Docker that is slow to answer must not hold up the dashboard; it says so itself.
    void engine.prime().catch(() => undefined);
    const [first] = servers;
    if (first !== undefined) front.handlers.next = await loadNext(options.program.nextFolder, port, first);
  } catch (error) {
    for (const server of servers) server.close();
    await engine.close();
    throw error;
  }
  return {
    engine,
    port,
    cliSecret,
    async close() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
      closing.abort();
      // The last words of replies that stream are on their way before their connections are cut.
      await new Promise((resolve) => setImmediate(resolve));
      // An event stream never ends by itself; its client reconnects elsewhere or says that we are gone.
      for (const server of servers) server.closeAllConnections();
      await engine.close();
      await Promise.all(closed);
    },
  };
}

/** A machine without IPv6 is served on IPv4 alone; every other failure is the caller's. */
function listen(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (host === '::1' && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')) resolve(false);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => resolve(true));
  });
}

/** The first page comes before it; who opens a browser by then has its first data without waiting for it. */
const API_AFTER_MS = 1000;

/** The router and its schemas take 30 ms to load: the first call brings them, or a quiet moment, not the start. */
function laterApi(engine: Engine, identify: (request: IncomingMessage) => Caller | null): ApiHandler {
  let loaded: Promise<ApiHandler> | undefined;
  const load = () =>
    (loaded ??= import('../api/handler.ts').then(({ createApiHandler }) =>
      createApiHandler(engine, identify),
    ));
  // A fault is told to the first call.
  setTimeout(() => void load().catch(() => undefined), API_AFTER_MS).unref();
  return async (request, response, path) => {
    const answer = await load();
    await answer(request, response, path);
  };
}

/** Prometheus' text format 0.0.4. */
async function writeMetrics(response: ServerResponse, registry: Registry): Promise<void> {
  const text = await registry.metrics();
  response.setHeader('Content-Type', registry.contentType);
  response.end(text);
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
