/** What a repo holds at a revision, as the Hub says: `/api/models/{repo}/revision|tree/{rev}`, then HEAD of one file. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { parseJson } from '../../../lib/json.ts';
import { isLabError } from '../../../lib/errors.ts';
import type { IncomingMessage } from 'node:http';
import type { WantedFile } from '../download/plain.ts';
import { bodyText, request } from '../download/request.ts';
import { isPassing, type Patience } from '../download/source.ts';
import { checkPath } from './safe-path.ts';
import type { HubSettings } from './settings.ts';
import { hubSource } from './source.ts';
import { notAHub, refused, type Asked } from './trouble.ts';

/** A file's identity: sha256 for LFS files, for small ones git's own hash of a blob. It names the blob in the cache. */
export interface FileHash {
  kind: 'sha256' | 'git-sha1';
  hex: string;
}

export interface HubFile {
  path: string;
  /** Bytes. */
  size: number;
  hash: FileHash;
}

export interface HubListing {
  commit: string;
  files: HubFile[];
}

const revisionAnswer = z.object({ sha: z.string().regex(/^[0-9a-f]{40,64}$/) });
const entry = z.object({
  type: z.string(),
  path: z.string(),
  size: z.number().int().nonnegative().safe(),
  oid: z.string(),
  lfs: z
    .object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().nonnegative().safe() })
    .nullish(),
});
const treeAnswer = z.array(entry);

const MAX_BODY = 16 * 1024 * 1024;
const MAX_PAGES = 40;

/** Throws the errors of `refused`, `hub_unreachable`, `hub_unsafe_name` and the like. */
export async function askHub(
  hub: HubSettings,
  repo: string,
  revision: string,
  patience: Patience,
): Promise<HubListing> {
  const asked: Asked = { endpoint: hub.endpoint, repo, revision, hasToken: hub.token !== null };
  const api = ['api', 'models', ...repo.split('/')];
  const about = await json(hub, hubUrl(hub, [...api, 'revision', revision]), asked, patience);
  const parsed = revisionAnswer.safeParse(about.value);
  if (!parsed.success) throw notAHub(hub.endpoint.host, 'its answer about the revision names no commit');
  const commit = parsed.data.sha;
  const files: HubFile[] = [];
  let url: URL | null = hubUrl(hub, [...api, 'tree', commit], { recursive: '1' });
  for (let page = 0; url !== null && page < MAX_PAGES; page += 1) {
    const answer = await json(hub, url, asked, patience);
    const listed = treeAnswer.safeParse(answer.value);
    if (!listed.success) throw notAHub(hub.endpoint.host, 'its list of files is of another shape');
    for (const found of listed.data) {
      checkPath(repo, found.path);
      // Folders; and links of git, which lead wherever they like, are no files to fetch.
      if (found.type !== 'file') continue;
      const hash = hashOf(found);
      if (hash !== null) files.push({ path: found.path, size: found.lfs?.size ?? found.size, hash });
    }
    url = nextPage(answer.link, url);
  }
  if (url !== null) throw notAHub(hub.endpoint.host, 'its list of files has no end');
  return { commit, files };
}

/** Asks for the file itself, without its bytes: gated and private repos are listed to all, but refuse here. */
export async function checkAccess(
  hub: HubSettings,
  repo: string,
  commit: string,
  file: HubFile,
  patience: Patience,
): Promise<void> {
  const url = resolveUrl(hub, repo, commit, file.path);
  const asked = {
    endpoint: hub.endpoint,
    repo,
    revision: commit,
    file: file.path,
    hasToken: hub.token !== null,
  };
  const response = await patiently(hub, url, 'HEAD', patience);
  response.destroy();
  const status = response.statusCode ?? 0;
  if (status >= 400) throw refused(status, response.headers, asked);
  const size = Number(response.headers['x-linked-size'] ?? file.size);
  const etag = /[0-9a-f]{40,64}/.exec(String(response.headers['x-linked-etag'] ?? ''))?.[0] ?? file.hash.hex;
  if (size !== file.size || etag !== file.hash.hex)
    throw notAHub(hub.endpoint.host, `it lists ${file.path} and gives another file of that name`);
}

/** For `downloadPlain`. */
export function wantedFile(hub: HubSettings, repo: string, commit: string, file: HubFile): WantedFile {
  const { endpoint, token } = hub;
  const asked = { endpoint, repo, revision: commit, file: file.path, hasToken: token !== null };
  return {
    url: resolveUrl(hub, repo, commit, file.path),
    name: file.path,
    size: file.size,
    refused: (status, headers) => refused(status, headers, asked),
  };
}

function resolveUrl(hub: HubSettings, repo: string, commit: string, path: string): URL {
  return hubUrl(hub, [...repo.split('/'), 'resolve', commit, ...path.split('/')]);
}

/** The address of something at the endpoint. Each step is escaped as a whole: a branch's slash is part of its name. */
function hubUrl({ endpoint }: HubSettings, steps: string[], query: Record<string, string> = {}): URL {
  const url = new URL(endpoint);
  url.pathname = `${endpoint.pathname.replace(/\/$/, '')}/${steps.map(encodeURIComponent).join('/')}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

function hashOf({ lfs, oid }: z.infer<typeof entry>): FileHash | null {
  if (lfs !== null && lfs !== undefined) return { kind: 'sha256', hex: lfs.oid };
  return /^[0-9a-f]{40}$/.test(oid) ? { kind: 'git-sha1', hex: oid } : null;
}

/** RFC 8288. Only the cursor is taken: behind a mirror, the link names the Hub that is mirrored. */
function nextPage(link: string | undefined, from: URL): URL | null {
  const target = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, from)) return null;
  const url = new URL(from);
  url.search = new URL(target, from).search;
  return url.href === from.href ? null : url;
}

async function json(
  hub: HubSettings,
  url: URL,
  asked: Asked,
  patience: Patience,
): Promise<{ value: unknown; link: string | undefined }> {
  const response = await patiently(hub, url, 'GET', patience);
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    response.destroy();
    throw refused(status, response.headers, asked);
  }
  const text = await bodyText(response, MAX_BODY).catch(() => null);
  patience.signal.throwIfAborted();
  const value = parseJson(text ?? undefined);
  if (value === undefined) throw notAHub(url.host, 'its answer is no JSON, or has no end');
  const { link } = response.headers;
  return { value, link: typeof link === 'string' ? link : undefined };
}

/** Tries again where that may help; the last answer or error counts. */
async function patiently(
  hub: HubSettings,
  url: URL,
  method: 'GET' | 'HEAD',
  { signal, idleMs, retryMs }: Patience,
): Promise<IncomingMessage> {
  const source = hubSource(hub);
  for (const wait of [...retryMs, null]) {
    try {
      const { response } = await request(source, { method, url, signal, idleMs, follow: 'own' });
      if (wait === null || !isPassing(response.statusCode ?? 0)) return response;
      response.destroy();
    } catch (error) {
      if (signal.aborted || wait === null || !isLabError(error) || error.code !== source.trouble.passing)
        throw error;
    }
    await sleep(wait, undefined, { signal });
  }
  throw notAHub(url.host, 'it does not answer');
}
