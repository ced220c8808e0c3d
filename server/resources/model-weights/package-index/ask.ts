/** Where a file of a project lies, as an index says: the simple API, as JSON (PEP 691) or HTML (PEP 503). */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { isLabError } from '../../../lib/errors.ts';
import { parseJson } from '../../../lib/json.ts';
import { bodyText, request, type Answer } from '../download/request.ts';
import { isPassing, type Patience } from '../download/source.ts';
import { plain } from '../words.ts';
import { readSimplePage } from './simple-page.ts';
import type { IndexSettings } from './settings.ts';
import { indexSource, refused, unexpected } from './trouble.ts';

export interface IndexFile {
  /** May lead to another host than the index. */
  url: URL;
  /** As the index says; null where it says none. */
  sha256: string | null;
}

const simpleJson = z.object({
  files: z.array(
    z.object({ filename: z.string(), url: z.string(), hashes: z.record(z.string(), z.string()) }),
  ),
});

const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
/** pypi.org's page of a project with very many files has some 20 MB. */
const MAX_BODY = 32 * 1024 * 1024;

/** Throws `index_has_none` where the project or the file is not there, and the errors of `indexSource`. */
export async function findInIndex(
  index: IndexSettings,
  { project, file }: { project: string; file: string },
  patience: Patience,
): Promise<IndexFile> {
  const { response, url } = await ask(index, project, patience);
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    response.destroy();
    throw refused(status, project, index);
  }
  const text = await bodyText(response, MAX_BODY).catch(() => null);
  patience.signal.throwIfAborted();
  if (text === null) throw unexpected(index.url.host, `its page of ${project} has no end, or is too long`);
  const isJson = /^application\/(vnd\.pypi\.simple\.v1\+)?json\b/.test(
    response.headers['content-type'] ?? '',
  );
  const found = (isJson ? fromJson(text, index) : readSimplePage(text)).find(({ name }) => name === file);
  if (found === undefined) throw refused(404, file, index);
  if (!URL.canParse(found.href, url))
    throw unexpected(index.url.host, `it names no address for ${plain(file)}`);
  const address = new URL(found.href, url);
  address.hash = '';
  // A password goes into a header, to the index's own origin; a page can't make us log in elsewhere.
  address.username = '';
  address.password = '';
  if (!/^https?:$/.test(address.protocol) || (url.protocol === 'https:' && address.protocol === 'http:'))
    throw indexSource(index).trouble.badRedirect(url.host);
  return { url: address, sha256: found.sha256 };
}

function fromJson(text: string, { url }: IndexSettings) {
  const parsed = simpleJson.safeParse(parseJson(text));
  if (!parsed.success) throw unexpected(url.host, 'its JSON is of another shape');
  return parsed.data.files.map((file) => ({
    name: file.filename,
    href: file.url,
    sha256: /^[0-9a-f]{64}$/i.exec(file.hashes['sha256'] ?? '')?.[0]?.toLowerCase() ?? null,
  }));
}

/** Tries again where that may help; the last answer or error counts. */
async function ask(
  index: IndexSettings,
  project: string,
  { signal, idleMs, retryMs }: Patience,
): Promise<Answer> {
  const source = indexSource(index);
  const url = new URL(index.url);
  url.pathname = `${index.url.pathname.replace(/\/$/, '')}/${project}/`;
  const headers = { accept: `${JSON_TYPE}, text/html;q=0.1` };
  for (const wait of [...retryMs, null]) {
    try {
      const answer = await request(source, { method: 'GET', url, headers, signal, idleMs, follow: 'all' });
      if (wait === null || !isPassing(answer.response.statusCode ?? 0)) return answer;
      answer.response.destroy();
    } catch (error) {
      if (signal.aborted || wait === null || !isLabError(error) || error.code !== source.trouble.passing)
        throw error;
    }
    await sleep(wait, undefined, { signal });
  }
  throw unexpected(index.url.host, 'it does not answer');
}
