/**
 * The front server: `node:http` before everything. Gate first, then the few routes that must be fast or plain
 * (/v1, /api/trpc, /healthz, /metrics, /s, the login), then Next for the pages.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createLogger } from '../lib/log.ts';
import {
  CHECKS,
  examine,
  pathOf,
  routeOf,
  type Check,
  type GateContext,
  type Refusal,
  type Visit,
} from './gate.ts';
import { pagePolicy, setSecurityHeaders } from './headers.ts';
import { prepareForNext } from './next-handler.ts';
import { findRoute } from './routes.ts';

type Handling = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

export interface FrontHandlers {
  login: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  session: RequestListener;
  gateway: Handling;
  instruments: RequestListener;
  share: RequestListener;
  /** Rejects only when it could not be loaded. */
  api: Handling;
  /** Set when Next is loaded; until then pages answer 503 and ask to wait. */
  next: RequestListener | undefined;
}

export interface Front {
  handlers: FrontHandlers;
  /** Makes this front answer on a server; there is one per address family. */
  attach(server: Server): void;
}

const log = createLogger('front');

/** `checks` is a parameter for one reason: to prove that each of them is needed, a test leaves one out. */
export function createFront(
  context: GateContext,
  handlers: FrontHandlers,
  checks: readonly Check[] = CHECKS,
): Front {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined);
    const visit = visitOf(request, 'request');
    const refused = examine(visit, context, checks);
    if (refused !== undefined) {
      refuse(request, response, visit, refused, handlers);
      return;
    }
    setSecurityHeaders(response);
    try {
      dispatch(request, response, pathOf(visit), handlers);
    } catch (error) {
      fail(`${request.method} ${pathOf(visit)}`, response, error);
    }
  };

  const answerUpgrade = (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined);
    // Nothing here speaks web sockets: a visit that passes the gate still finds no such route.
    const refused = examine(visitOf(request, 'upgrade'), context, checks) ?? NO_UPGRADE;
    socket.end(bareAnswer(refused.status));
  };

  return {
    handlers,
    attach(server) {
      server.on('request', answer);
      server.on('upgrade', answerUpgrade);
      // A request that node's parser refuses never reaches the gate; it gets a bare answer and no more.
      server.on('clientError', (_error, socket: Duplex) => {
        if (socket.writable) socket.end(bareAnswer(400));
      });
    },
  };
}

function bareAnswer(status: number): string {
  return `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

function dispatch(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  handlers: FrontHandlers,
): void {
  const handler = findRoute(path)?.handler ?? 'next';
  if (handler === 'health') sendJson(response, 200, { status: 'ok' });
  else if (handler === 'gateway' || handler === 'api')
    handlers[handler](request, response, path).catch((error: unknown) =>
      fail(`${request.method} ${path}`, response, error),
    );
  else if (handler === 'next') toNext(request, response, handlers);
  else void handlers[handler](request, response);
}

function fail(asked: string, response: ServerResponse, error: unknown): void {
  log.error(asked, error);
  if (response.headersSent) response.destroy();
  else sendRefusal(response, INTERNAL);
}

function toNext(request: IncomingMessage, response: ServerResponse, handlers: FrontHandlers): void {
  if (handlers.next === undefined) {
    response.setHeader('Retry-After', '1');
    sendRefusal(response, STARTING);
    return;
  }
  const nonce = randomBytes(16).toString('base64');
  const policy = pagePolicy(nonce);
  response.setHeader('Content-Security-Policy', policy);
  prepareForNext(request, nonce, policy);
  handlers.next(request, response);
}

/** A page asked for without a login gets the login page, at 401; everything else gets words as JSON. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  visit: Visit,
  refused: Refusal,
  handlers: FrontHandlers,
): void {
  setSecurityHeaders(response);
  const page = refused.status === 401 && routeOf(visit)?.need === 'page';
  if (page && handlers.next !== undefined && visit.header('rsc') === undefined) {
    request.url = '/login';
    Object.defineProperty(response, 'statusCode', { get: () => 401, set() {} });
    toNext(request, response, handlers);
    return;
  }
  sendRefusal(response, refused, pathOf(visit).startsWith('/v1/'));
}

const NO_UPGRADE: Refusal = {
  status: 404,
  code: 'not_found',
  message: 'There is no web socket here.',
  fix: '',
};
const STARTING: Refusal = {
  status: 503,
  code: 'starting',
  message: 'The dashboard is starting.',
  fix: 'Try again in a second.',
};
const INTERNAL: Refusal = {
  status: 500,
  code: 'internal',
  message: 'The server failed on this request.',
  fix: 'See its log.',
};

/** `{error: {code, message, fix}}`; under /v1 in OpenAI's shape, which its clients parse. */
export function sendRefusal(response: ServerResponse, refused: Refusal, openai = false): void {
  const { code, message, fix } = refused;
  const error = openai
    ? {
        message: `${message} ${fix}`.trim(),
        type: refused.status === 401 ? 'authentication_error' : 'invalid_request_error',
        param: null,
        code,
      }
    : { code, message, fix };
  if (refused.status === 401 && openai) response.setHeader('WWW-Authenticate', 'Bearer');
  // The body of a refused request is not read, so the connection can't be used again.
  response.setHeader('Connection', 'close');
  sendJson(response, refused.status, { error });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}

function visitOf(request: IncomingMessage, kind: Visit['kind']): Visit {
  const hosts: string[] = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    if (request.rawHeaders[at]?.toLowerCase() === 'host') hosts.push(request.rawHeaders[at + 1] ?? '');
  }
  return {
    kind,
    method: request.method ?? '',
    target: request.url ?? '',
    hosts,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    remoteAddress: request.socket.remoteAddress,
  };
}
