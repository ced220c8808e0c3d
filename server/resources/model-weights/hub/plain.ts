/** A plain HTTPS download, where `hf` can't be had and to go on with what has come: Range on `<blob>.incomplete`. */
import { createWriteStream } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, isLabError } from '../../../lib/errors.ts';
import { resolveUrl, type HubFile, type Patience } from './ask.ts';
import { cacheError } from './places.ts';
import { request } from './request.ts';
import type { HubSettings } from './settings.ts';
import { interrupted, isPassing, notAHub, refused } from './trouble.ts';

/**
 * Brings the file to `partial`, in full size but unchecked. Breaks are mended by Range requests; a try that brought
 * bytes starts the count of tries anew. Cancelled or failed, `partial` keeps what has come.
 */
export async function downloadPlain(
  hub: HubSettings,
  where: { repo: string; commit: string; file: HubFile },
  partial: string,
  patience: Patience,
): Promise<void> {
  const { signal, retryMs } = patience;
  let tries = 0;
  for (;;) {
    const have = await startingPoint(partial, where.file.size);
    if (have === where.file.size) return;
    const failure = await attempt(hub, where, partial, have, patience).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason as Error;
      if (isLabError(error) && error.code === 'hub_unreachable') return error;
      throw cacheError(partial, error);
    });
    if (failure === null) continue;
    const now = await sizeOf(partial);
    tries = now > have ? 0 : tries;
    const wait = retryMs[tries];
    tries += 1;
    if (wait === undefined)
      throw isLabError(failure) ? failure : interrupted(hub.endpoint.host, now, where.file.size);
    await sleep(wait, undefined, { signal });
  }
}

/** One connection. Null when it ended well or moved on; else what is worth another try. */
async function attempt(
  hub: HubSettings,
  { repo, commit, file }: { repo: string; commit: string; file: HubFile },
  partial: string,
  have: number,
  { signal, idleMs }: Patience,
): Promise<Error | null> {
  const response = await request(hub, {
    method: 'GET',
    url: resolveUrl(hub, repo, commit, file.path),
    headers: have > 0 ? { range: `bytes=${have}-` } : {},
    signal,
    idleMs,
    follow: 'all',
  });
  const status = response.statusCode ?? 0;
  if (status !== 200 && status !== 206) {
    response.destroy();
    const asked = { endpoint: hub.endpoint, repo, revision: commit, file: file.path };
    const error = refused(status, response.headers, { ...asked, hasToken: hub.token !== null });
    if (status === 416 && have > 0) {
      // What we have is nothing that this file could begin with.
      await truncate(partial, 0);
      return error;
    }
    if (isPassing(status)) return error;
    throw error;
  }
  const from = startOf(response, file.size);
  if (from !== 0 && from !== have) {
    response.destroy();
    throw notAHub(hub.endpoint.host, `it gives other bytes of ${file.path} than were asked for`);
  }
  // The whole file instead of the rest: begin again.
  if (from !== have) await truncate(partial, 0);
  return store(response, partial, file.size - from, signal);
}

/** First byte that the answer holds; NaN when it is of a file of another size. */
function startOf(response: IncomingMessage, size: number): number {
  if (response.statusCode === 200) return 0;
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '');
  return match?.[2] === '*' || Number(match?.[2]) === size ? Number(match?.[1]) : Number.NaN;
}

async function store(
  response: IncomingMessage,
  partial: string,
  left: number,
  signal: AbortSignal,
): Promise<Error | null> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      next(bytes > left ? notAHub('The Hub', 'it sends more bytes than it has announced') : null, chunk);
    },
  });
  try {
    await pipeline(response, limit, createWriteStream(partial, { flags: 'a', flush: true }), { signal });
    return bytes === left ? null : new Error('it ended too early');
  } catch (error) {
    if (signal.aborted || isLabError(error) || isDisk(error)) throw error;
    return error as Error;
  }
}

function isDisk(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EFBIG'].includes(
    errnoOf(error) ?? '',
  );
}

/** More than the file can have is nothing of it. */
async function startingPoint(partial: string, size: number): Promise<number> {
  const have = await sizeOf(partial);
  if (have <= size) return have;
  await truncate(partial, 0);
  return 0;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (info) => info.size,
    () => 0,
  );
}
