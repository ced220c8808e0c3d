/** A plain HTTPS download that goes on with what has come: Range on a partial file. */
import { createWriteStream } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, isLabError, type LabError } from '../../../lib/errors.ts';
import { request } from './request.ts';
import { isPassing, type Patience, type Source } from './source.ts';

export interface WantedFile {
  url: URL;
  /** For errors. */
  name: string;
  /** Bytes. */
  size: number;
  /** Any status but 200 and 206, as an error. */
  refused(status: number, headers: IncomingHttpHeaders): LabError;
}

/**
 * Brings the file to `partial`, in full size but unchecked. Breaks are mended by Range requests; a try that brought
 * bytes starts the count of tries anew. Cancelled or failed, `partial` keeps what has come.
 */
export async function downloadPlain(
  source: Source,
  file: WantedFile,
  partial: string,
  patience: Patience,
): Promise<void> {
  const { signal, retryMs } = patience;
  let tries = 0;
  for (;;) {
    const have = await startingPoint(partial, file.size);
    if (have === file.size) return;
    const failure = await attempt(source, file, partial, have, patience).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason as Error;
      if (isLabError(error) && error.code === source.trouble.passing) return error;
      throw source.trouble.disk(partial, error);
    });
    if (failure === null) continue;
    const now = await sizeOf(partial);
    tries = now > have ? 0 : tries;
    const wait = retryMs[tries];
    tries += 1;
    if (wait === undefined) throw isLabError(failure) ? failure : source.trouble.interrupted(now, file.size);
    await sleep(wait, undefined, { signal });
  }
}

/** One connection. Null when it ended well or moved on; else what is worth another try. */
async function attempt(
  source: Source,
  file: WantedFile,
  partial: string,
  have: number,
  { signal, idleMs }: Patience,
): Promise<Error | null> {
  const { response } = await request(source, {
    method: 'GET',
    url: file.url,
    headers: have > 0 ? { range: `bytes=${have}-` } : {},
    signal,
    idleMs,
    follow: 'all',
  });
  const status = response.statusCode ?? 0;
  if (status !== 200 && status !== 206) {
    response.destroy();
    const error = file.refused(status, response.headers);
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
    throw source.trouble.unexpected(`it gives other bytes of ${file.name} than were asked for`);
  }
  // The whole file instead of the rest: begin again.
  if (from !== have) await truncate(partial, 0);
  return store(source, response, partial, file.size - from, signal);
}

/** First byte that the answer holds; NaN when it is of a file of another size. */
function startOf(response: IncomingMessage, size: number): number {
  if (response.statusCode === 200) return 0;
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '');
  return match?.[2] === '*' || Number(match?.[2]) === size ? Number(match?.[1]) : Number.NaN;
}

async function store(
  source: Source,
  response: IncomingMessage,
  partial: string,
  left: number,
  signal: AbortSignal,
): Promise<Error | null> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      next(
        bytes > left ? source.trouble.unexpected('it sends more bytes than it has announced') : null,
        chunk,
      );
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
