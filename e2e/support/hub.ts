/**
 * A local server that speaks the Hub's protocol (listing, HEAD, redirect to a "CDN" on another host, Range), with the
 * faults that a network has. Its files are real bytes; every request is kept.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Seen {
  host: 'hub' | 'cdn';
  method: string;
  path: string;
  range: string | undefined;
  authorization: string | undefined;
}

export interface Faults {
  /** Close the connection after this share of the file, so many times. */
  cut?: { at: number; times: number };
  /** What the CDN answers after the last cut. */
  afterCut?: number[];
  /** Stop sending after this share of the file, for so long, once. */
  stall?: { at: number; ms: number };
  /** Other bytes than those that are listed. */
  corrupt?: boolean;
  /** Milliseconds between two pieces of 64 KiB. */
  slowMs?: number;
  /** Answer file requests on the CDN with these statuses first. */
  statuses?: number[];
  /** Never answer a Range. */
  ignoreRange?: boolean;
}

export interface HubRepo {
  id: string;
  commit: string;
  files: Record<string, Buffer>;
  /** Only this token may read. */
  token?: string;
  /** Listed to all, given to those who accepted its terms. */
  gated?: boolean;
  /** Entries of the listing as they stand, beside the files. */
  extraEntries?: object[];
  /** Entries on one page of the listing; all unless told. */
  pageSize?: number;
  /** What HEAD says of a file, instead of what its bytes are. */
  claims?: Record<string, { sha256: string; size: number }>;
}

export interface FakeHub {
  endpoint: string;
  cdn: string;
  seen: Seen[];
  faults: Faults;
  /** Bytes of file bodies that were written to clients. */
  served(): number;
  reset(faults?: Faults): void;
  close(): Promise<void>;
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

export async function startHub(repos: HubRepo[]): Promise<FakeHub> {
  const state = { faults: {} as Faults, seen: [] as Seen[], served: 0 };
  const note = (host: Seen['host'], request: IncomingMessage) =>
    state.seen.push({
      host,
      method: request.method ?? '',
      path: decodeURIComponent(request.url ?? ''),
      range: request.headers.range,
      authorization: request.headers.authorization,
    });
  const cdnServer = createServer((request, response) => {
    note('cdn', request);
    void serveFile(repos, state, request, response).catch(() => response.destroy());
  });
  const cdn = `http://localhost:${await listen(cdnServer)}`;
  const hubServer = createServer((request, response) => {
    note('hub', request);
    answer(repos, cdn, request, response);
  });
  const endpoint = `http://127.0.0.1:${await listen(hubServer)}`;
  return {
    endpoint,
    cdn,
    get seen() {
      return state.seen;
    },
    get faults() {
      return state.faults;
    },
    served: () => state.served,
    reset(faults = {}) {
      state.faults = faults;
      state.seen = [];
      state.served = 0;
    },
    async close() {
      for (const server of [cdnServer, hubServer]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** On both families: a CDN is asked for by name, and is another origin for that. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  return (server.address() as AddressInfo).port;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'x-error-code': code, 'x-error-message': code })
    .end(JSON.stringify({ error: code }));
}

function answer(repos: HubRepo[], cdn: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://hub');
  const path = decodeURIComponent(url.pathname);
  const repo = repos.find(({ id }) => path.startsWith(`/api/models/${id}/`) || path.startsWith(`/${id}/`));
  if (repo === undefined) return refuse(response, 401, 'RepoNotFound');
  const given = request.headers.authorization?.replace('Bearer ', '');
  if (repo.token !== undefined && repo.gated !== true && given !== repo.token)
    return refuse(response, 401, given === undefined ? 'RepoNotFound' : 'InvalidToken');
  const json = (value: unknown) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const api = /^\/api\/models\/[^/]+\/[^/]+\/(revision|tree)\/(.+)$/.exec(path);
  if (api !== null) {
    if (api[2] !== 'main' && api[2] !== repo.commit) return refuse(response, 404, 'RevisionNotFound');
    return api[1] === 'tree'
      ? json(page(repo, url, response))
      : json({ id: repo.id, sha: repo.commit, gated: repo.gated ?? false });
  }
  const file = /\/resolve\/([^/]+)\/(.+)$/.exec(path);
  const content = repo.files[file?.[2] ?? ''];
  if (file === null || content === undefined) return refuse(response, 404, 'EntryNotFound');
  if (repo.gated === true && given !== repo.token)
    return refuse(response, given === undefined ? 401 : 403, 'GatedRepo');
  const claim = repo.claims?.[file[2] ?? ''] ?? { sha256: sha256(content), size: content.length };
  response
    .writeHead(302, {
      location: `${cdn}/${encodeURI(`${repo.id}/${file[2]}`)}?signature=for-this-file`,
      'x-repo-commit': repo.commit,
      'x-linked-etag': `"${claim.sha256}"`,
      'x-linked-size': String(claim.size),
      'accept-ranges': 'bytes',
    })
    .end();
}

/** As the Hub does it: a cursor, and a link that names the Hub's own address, mirrored or not. */
function page(repo: HubRepo, url: URL, response: ServerResponse): object[] {
  const { pageSize = Infinity } = repo;
  const entries = tree(repo);
  const from = Number(url.searchParams.get('cursor') ?? 0);
  if (from + pageSize < entries.length)
    response.setHeader(
      'link',
      `<https://hub.invalid${url.pathname}?recursive=1&cursor=${from + pageSize}>; rel="next"`,
    );
  return entries.slice(from, from + pageSize);
}

function tree({ files, extraEntries = [] }: HubRepo): object[] {
  const entries = Object.entries(files).map(([path, content]) => ({
    type: 'file',
    path,
    size: content.length,
    oid: createHash('sha1').update(path).digest('hex'),
    lfs: { oid: sha256(content), size: content.length, pointerSize: 134 },
  }));
  return [...entries, ...extraEntries];
}

async function serveFile(
  repos: HubRepo[],
  state: { faults: Faults; served: number },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://cdn').pathname);
  const repo = repos.find(({ id }) => path.startsWith(`/${id}/`));
  const listed = repo?.files[path.slice((repo.id.length ?? 0) + 2)];
  if (listed === undefined) response.writeHead(404).end();
  else await serveContent(listed, state, request, response);
}

/** One file with its faults, and Range. */
export async function serveContent(
  listed: Buffer,
  state: { faults: Faults; served: number },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { faults } = state;
  const status = faults.statuses?.shift();
  if (status !== undefined) {
    response.writeHead(status).end();
    return;
  }
  const content = faults.corrupt === true ? Buffer.from(listed.map((byte) => byte ^ 1)) : listed;
  const wanted = faults.ignoreRange === true ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const from = Number(wanted?.[1] ?? 0);
  if (from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  response.writeHead(wanted === null ? 200 : 206, {
    'content-length': content.length - from,
    etag: `"${sha256(listed)}"`,
    ...(wanted === null ? {} : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
  });
  const cut = faults.cut !== undefined && faults.cut.times > 0 ? faults.cut : undefined;
  const end = cut === undefined ? content.length : Math.max(from + 1, Math.floor(content.length * cut.at));
  const pause = faults.stall === undefined ? Infinity : Math.floor(content.length * faults.stall.at);
  for (let at = from; at < end && !response.destroyed;) {
    if (faults.stall !== undefined && at >= pause) {
      const { ms } = faults.stall;
      delete faults.stall;
      await sleep(ms);
    }
    const piece = content.subarray(at, Math.min(at + 65_536, end));
    await new Promise<void>((resolve) => response.write(piece, () => resolve()));
    state.served += piece.length;
    at += piece.length;
    if (faults.slowMs !== undefined) await sleep(faults.slowMs);
  }
  if (cut !== undefined) {
    cut.times -= 1;
    if (cut.times === 0 && faults.afterCut !== undefined) faults.statuses = faults.afterCut;
    response.destroy();
  } else response.end();
}
