/**
 * One download of ours at a time into one repo of the cache: homes have leases of their own, and share the cache. Held
 * as a file beside huggingface_hub's locks; that of a process which is gone is taken over.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { errnoOf, type LabError } from '../../../lib/errors.ts';
import { parseJson } from '../../../lib/json.ts';
import { isAlive, ownIdentity } from '../../../lib/process-identity.ts';
import { cacheError, type Places } from './places.ts';
import { hubError } from './trouble.ts';

const holder = z.object({ pid: z.number().int().positive(), started: z.string() });

/** Runs `work` while no other process of ours downloads into this repo. Throws `hub_download_elsewhere`. */
export async function claimed<T>(places: Places, work: () => Promise<T>): Promise<T> {
  const folder = join(dirname(places.folder), '.locks', basename(places.folder));
  const file = join(folder, 'ailab-web.json');
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw cacheError(folder, error);
  });
  await take(file, true);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, again: boolean): Promise<void> {
  try {
    await writeFile(file, JSON.stringify(ownIdentity()), { flag: 'wx' });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw cacheError(file, error);
    const other = holder.safeParse(parseJson(await readFile(file, 'utf8').catch(() => undefined)));
    if (!again || (other.success && isAlive(other.data))) throw elsewhere(other.data?.pid);
    await rm(file, { force: true });
    await take(file, false);
  }
}

function elsewhere(pid: number | undefined): LabError {
  return hubError(
    'hub_download_elsewhere',
    409,
    `Another ailab-web${pid === undefined ? '' : ` (pid ${pid})`} is downloading from this repository into the same cache.`,
    'Wait for it to end, then pull again: what it has brought is not downloaded twice.',
  );
}
