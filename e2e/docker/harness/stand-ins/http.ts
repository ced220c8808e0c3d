/** What both stand-ins need of HTTP. They run inside a container on nothing but Node. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  /** Exactly as asked for, with the query string. */
  url: string;
  path: string;
}

/** Serves on all addresses of the container. A handler that throws answers 500 with the reason. */
export function serve(port: number, handle: (call: Call) => Promise<void> | void): Server {
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    const call = { request, response, method: request.method ?? 'GET', url, path: url.split('?')[0] ?? '/' };
    Promise.resolve()
      .then(() => handle(call))
      .catch((error: unknown) => {
        console.log(`stand-in: ${call.method} ${call.path}: ${String(error)}`);
        if (!response.headersSent) json(call, 500, { message: String(error) });
      });
  });
  return server.listen(port, '0.0.0.0');
}

export function json({ response }: Call, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function text({ response }: Call, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body);
}

const BODY_MAX = 4 * 1024 * 1024;

/** The body as JSON; undefined when it is none or too long. */
export async function readJson({ request }: Call): Promise<unknown> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > BODY_MAX) return undefined;
  }
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

export function isOn(value: string | undefined): boolean {
  return ['true', '1', 'on', 'enabled'].includes((value ?? '').toLowerCase());
}

/** As the first process of a container a program gets no default action for signals. */
export function leaveOnSignals(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
}
