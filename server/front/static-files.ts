/**
 * The dashboard's scripts and styles. Each is named by a hash of what it holds, so a browser keeps it; and it goes out
 * compressed, for those who look from afar.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const TYPES: Record<string, string> = {
  '.js': 'application/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
const PREFIX = '/_next/static/';

const compress = promisify(gzip);

/**
 * Answers for what lies in `folder` (a `.next/static`) now, and for nothing else: a path is only looked up, never
 * opened. False: it is not there, and nothing was answered.
 */
export function staticFiles(folder: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const paths = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => extname(path) in TYPES)
      .map((path) => path.replaceAll('\\', '/')),
  );
  const compressed = new Map<string, Promise<Buffer>>();
  const read = (path: string) => readFile(join(folder, path));

  function small(path: string): Promise<Buffer> {
    const made = compressed.get(path) ?? read(path).then((whole) => compress(whole));
    compressed.set(path, made);
    return made;
  }

  async function send(
    path: string,
    smaller: boolean,
    bare: boolean,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const body = await (smaller ? small(path) : read(path));
      response.setHeader('Content-Type', TYPES[extname(path)] ?? '');
      response.setHeader('Content-Length', body.length);
      response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
      response.setHeader('Vary', 'Accept-Encoding');
      if (smaller) response.setHeader('Content-Encoding', 'gzip');
      response.end(bare ? undefined : body);
    } catch {
      // It was there at the start: the installation is being replaced.
      compressed.delete(path);
      response.statusCode = 404;
      response.end();
    }
  }

  return (request, response) => {
    const [target = ''] = (request.url ?? '').split('?');
    const path = target.slice(PREFIX.length);
    if (!target.startsWith(PREFIX) || !paths.has(path)) return false;
    const smaller = /\bgzip\b(?!\s*;\s*q=0)/.test(String(request.headers['accept-encoding'] ?? ''));
    void send(path, smaller, request.method === 'HEAD', response);
    return true;
  };
}
