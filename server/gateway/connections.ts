/**
 * Requests to the model server over kept connections. It is `node:net` and our own reader of replies: a request through
 * `node:http` costs three turns and two streams of node's, which were a third of what the gateway added to a token.
 */
import { connect, type Socket } from 'node:net';
import { errnoOf } from '../lib/errors.ts';
import { createHttpReply, type HttpReply, type ReplyHead } from './http-reply.ts';

export interface Post {
  /** E.g. `http://127.0.0.1:18080`. */
  baseUrl: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** What comes back. Nothing is called after `failed`, after the end of the body, or after `destroy`. */
export interface Listener {
  /** `more`: some of the body has come with it, and follows at once. */
  head(head: ReplyHead, more: boolean): void;
  /** A piece of the body, empty at most at its end. */
  body(piece: Buffer, ended: boolean): void;
  failed(error: Error): void;
}

export interface Exchange {
  /** For a client that reads slower than the model server writes. */
  pause(): void;
  resume(): void;
  /** Lets go of the model server at once. */
  destroy(): void;
}

interface Connection {
  socket: Socket;
  place: Place;
  /** What happens on it now; undefined while it waits for the next request. */
  doing: Doing | undefined;
  /** It has answered before. */
  reused: boolean;
  /** By `performance.now()`; the other side said that it closes it about then. */
  expiresAt: number;
}

interface Doing {
  place: Place;
  head: string;
  body: Buffer;
  listener: Listener;
  reply: HttpReply;
  /** A byte of the reply has come. */
  heard: boolean;
  error: Error | undefined;
  connection: Connection | undefined;
  over: boolean;
}

/** The connections to one model server. */
interface Place {
  host: string;
  port: number;
  free: Connection[];
  open: number;
  waiting: Doing[];
}

/** One process on this machine serves a few at a time; what is beyond waits here rather than in its backlog. */
const OPEN_MAX = 256;
const FREE_MAX = 64;
/** Up to this size, head and body leave in one write. */
const JOINED_MAX = 64 * 1024;

const places = new Map<string, Place>();

/** Sends a request; what comes of it is told to the listener, never in this turn. */
export function send(post: Post, listener: Listener): Exchange {
  const place = placeOf(post.baseUrl);
  const doing: Doing = {
    place,
    head: headOf(post, place),
    body: post.body,
    listener,
    reply: createHttpReply(),
    heard: false,
    error: undefined,
    connection: undefined,
    over: false,
  };
  start(doing);
  // Once it is over, its connection may already serve another request.
  const socket = () => (doing.over ? undefined : doing.connection?.socket);
  return {
    pause: () => void socket()?.pause(),
    resume: () => void socket()?.resume(),
    destroy() {
      socket()?.destroy();
      doing.over = true;
    },
  };
}

function placeOf(baseUrl: string): Place {
  const known = places.get(baseUrl);
  if (known !== undefined) return known;
  // Model servers come and go with their ports; those that are not talked to are forgotten.
  for (const [url, { open, waiting }] of places) if (open + waiting.length === 0) places.delete(url);
  const { hostname, port } = new URL(baseUrl);
  const place = { host: hostname, port: Number(port || 80), free: [], open: 0, waiting: [] };
  places.set(baseUrl, place);
  return place;
}

function headOf({ path, headers, body }: Post, { host, port }: Place): string {
  const lines = Object.entries(headers).map(([name, value]) => {
    if (/[^\t\x20-\x7e]/.test(value)) throw new TypeError(`the header ${name} holds what no header may hold`);
    return `${name}: ${value}\r\n`;
  });
  return `POST ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: keep-alive\r\ncontent-length: ${body.length}\r\n${lines.join('')}\r\n`;
}

function start(doing: Doing): void {
  const { place } = doing;
  const kept = takeFree(place);
  if (kept === undefined && place.open >= OPEN_MAX) {
    place.waiting.push(doing);
    return;
  }
  const connection = kept ?? open(place);
  connection.doing = doing;
  doing.connection = connection;
  write(connection.socket, doing);
}

function takeFree(place: Place): Connection | undefined {
  const now = performance.now();
  for (;;) {
    const connection = place.free.pop();
    if (connection === undefined) return undefined;
    if (connection.expiresAt > now && connection.socket.writable) {
      connection.socket.ref();
      connection.reused = true;
      return connection;
    }
    connection.socket.destroy();
  }
}

function open(place: Place): Connection {
  const socket = connect({ host: place.host, port: place.port, noDelay: true });
  const connection: Connection = { socket, place, doing: undefined, reused: false, expiresAt: Infinity };
  place.open += 1;
  socket.on('data', (bytes: Buffer) => heard(connection, bytes));
  socket.on('error', (error) => {
    if (connection.doing !== undefined) connection.doing.error = error;
  });
  socket.once('close', () => closed(connection));
  return connection;
}

function write(socket: Socket, { head, body }: Doing): void {
  if (body.length > JOINED_MAX) {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
    return;
  }
  const whole = Buffer.allocUnsafe(head.length + body.length);
  whole.write(head, 'latin1');
  body.copy(whole, head.length);
  socket.write(whole);
}

function heard(connection: Connection, bytes: Buffer): void {
  const { doing, socket } = connection;
  if (doing === undefined || doing.over) {
    // Nothing was asked: whatever it says belongs to no reply.
    socket.destroy();
    return;
  }
  const { reply, listener } = doing;
  doing.heard = true;
  const hadHead = reply.head !== undefined;
  let piece: Buffer;
  try {
    piece = reply.read(bytes);
  } catch (error) {
    doing.error = error as Error;
    socket.destroy();
    return;
  }
  const { head, ended } = reply;
  if (head === undefined) return;
  const more = piece.length > 0 || ended;
  if (!hadHead) listener.head(head, more);
  if (!more || doing.over) return;
  doing.over = ended;
  listener.body(piece, ended);
  if (ended) release(connection, head);
}

function release(connection: Connection, { keepAlive, headers }: ReplyHead): void {
  const { socket, place, doing } = connection;
  connection.doing = undefined;
  // A reply may come before all of the request has gone; the rest of it would stand before the next one.
  const clean =
    keepAlive && doing?.reply.overfull === false && socket.writable && socket.writableLength === 0;
  if (!clean || place.free.length >= FREE_MAX) {
    socket.destroy();
    return;
  }
  const seconds = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1];
  connection.expiresAt = seconds === undefined ? Infinity : performance.now() + (Number(seconds) - 1) * 1000;
  if (socket.isPaused()) socket.resume();
  socket.unref();
  place.free.push(connection);
  next(place);
}

function closed(connection: Connection): void {
  const { place, doing, reused } = connection;
  place.open -= 1;
  const at = place.free.indexOf(connection);
  if (at !== -1) place.free.splice(at, 1);
  connection.doing = undefined;
  next(place);
  if (doing === undefined || doing.over) return;
  const { reply, listener, error } = doing;
  // The model server may close a kept connection just as we use it; it has seen nothing of the request then.
  if (reused && !doing.heard && isGone(error)) {
    doing.error = undefined;
    start(doing);
    return;
  }
  doing.over = true;
  try {
    if (error !== undefined) throw error;
    reply.close();
    listener.body(Buffer.alloc(0), true);
  } catch (failure) {
    listener.failed(failure as Error);
  }
}

/** The other side has let go of the connection. */
function isGone(error: Error | undefined): boolean {
  return error === undefined || ['ECONNRESET', 'EPIPE'].includes(errnoOf(error) ?? '');
}

/** A request that waits for a connection gets its turn. */
function next(place: Place): void {
  const doing = place.waiting.shift();
  if (doing === undefined) return;
  if (doing.over) next(place);
  else start(doing);
}
