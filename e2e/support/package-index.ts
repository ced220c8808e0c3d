/**
 * A local Python package index: the simple API as JSON (PEP 691) or HTML (PEP 503), its files on another origin, with
 * the faults of the stand-in Hub. Every request is kept.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, serveContent, sha256, type Faults } from './hub.ts';

export interface IndexedFile {
  name: string;
  content: Buffer;
}

export interface IndexManners {
  html?: boolean;
  /** Only for who comes with this name and password. */
  login?: string;
  /** What it says of a file, instead of its sha256; null for nothing. */
  claims?: string | null;
  /** The body of the project's page, as it stands. */
  page?: string;
  /** The files lie on the index's own origin, named relative to the page. */
  relative?: boolean;
}

export interface FakeIndex {
  /** Without name and password. */
  url: string;
  host: string;
  manners: IndexManners;
  seen: { host: 'index' | 'files'; path: string; authorization?: string; range?: string }[];
  /** Bytes of file bodies that were written to clients. */
  served(): number;
  reset(manners?: IndexManners, faults?: Faults): void;
  close(): Promise<void>;
}

export async function startPackageIndex(project: string, files: IndexedFile[]): Promise<FakeIndex> {
  const state = { faults: {} as Faults, served: 0 };
  const index: Omit<FakeIndex, 'url' | 'host'> = {
    manners: {},
    seen: [],
    served: () => state.served,
    reset(manners = {}, faults = {}) {
      index.manners = manners;
      index.seen = [];
      Object.assign(state, { faults, served: 0 });
    },
    async close() {
      for (const server of [own, others]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  const note = (host: 'index' | 'files', { url = '', headers }: IncomingMessage) => {
    const { authorization, range } = headers;
    index.seen.push({
      host,
      path: url,
      ...(authorization === undefined ? {} : { authorization }),
      ...(range === undefined ? {} : { range }),
    });
  };
  const give = (request: IncomingMessage, response: ServerResponse) => {
    const file = files.find(({ name }) => request.url === `/files/${name}`);
    if (file === undefined) response.writeHead(404).end();
    else
      void serveContent(file.content, state, request, response).catch(() => {
        response.destroy();
      });
  };
  const others = createServer((request, response) => {
    note('files', request);
    give(request, response);
  });
  const elsewhere = `http://localhost:${await listen(others)}/files/`;
  const own = createServer((request, response) => {
    note('index', request);
    const { login } = index.manners;
    const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    if (wanted !== undefined && request.headers.authorization !== wanted) response.writeHead(401).end();
    else if (request.url === `/simple/${project}/`) answer(files, index.manners, elsewhere, response);
    else give(request, response);
  });
  const host = `127.0.0.1:${await listen(own)}`;
  return Object.assign(index, { host, url: `http://${host}/simple` });
}

function answer(
  files: IndexedFile[],
  { html, page, claims, relative }: IndexManners,
  elsewhere: string,
  response: ServerResponse,
): void {
  const base = relative === true ? '../../files/' : elsewhere;
  const all = files.map(({ name, content }) => ({
    filename: name,
    url: base + name,
    hash: claims === undefined ? sha256(content) : claims,
  }));
  const type = html === true ? 'text/html; charset=utf-8' : 'application/vnd.pypi.simple.v1+json';
  response.writeHead(200, { 'content-type': type });
  if (page !== undefined) response.end(page);
  else if (html === true) {
    const links = all.map(
      ({ filename, url, hash }) =>
        `<a href="${url}${hash === null ? '' : `#sha256=${hash}`}" data-requires-python="&gt;=3.9">${filename}</a><br/>`,
    );
    response.end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`);
  } else
    response.end(
      JSON.stringify({
        meta: { 'api-version': '1.1' },
        files: all.map(({ hash, ...file }) => ({ ...file, hashes: hash === null ? {} : { sha256: hash } })),
      }),
    );
}
