/**
 * Writing into the Hugging Face cache, in its own layout: `blobs/<hash>` (`.incomplete` while it comes),
 * `snapshots/<commit>/<path>` as a relative link to the blob, `refs/<revision>` with the commit.
 */
import {
  copyFile,
  link,
  lstat,
  mkdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { errnoOf, LabError } from '../../../lib/errors.ts';
import { formatBytes } from '../../../schemas/format.ts';
import { repoFolder } from '../hub-cache.ts';
import { existingFolder } from '../partial-folder.ts';
import { fileError, plain } from '../words.ts';
import type { HubFile } from './ask.ts';
import { hubError } from './trouble.ts';

export interface Places {
  /** `<cache>/models--org--name`. */
  folder: string;
  blobs: string;
  /** `snapshots/<commit>`. */
  snapshot: string;
}

export function placesOf(root: string, repo: string, commit: string): Places {
  const folder = repoFolder(root, repo);
  return { folder, blobs: join(folder, 'blobs'), snapshot: join(folder, 'snapshots', commit) };
}

export function blobOf({ blobs }: Places, { hash }: HubFile): string {
  return join(blobs, hash.hex);
}

/** What has come of a file so far, under a name that the next pull finds. */
export function partialOf(places: Places, file: HubFile): string {
  return `${blobOf(places, file)}.incomplete`;
}

export function pathOf({ snapshot }: Places, { path }: HubFile): string {
  return join(snapshot, ...path.split('/'));
}

/** Makes the folders; none of them may lead out of the repo's own folder. Throws `hub_cache_not_writable`, `hub_cache_escapes`. */
export async function makePlaces(places: Places, files: readonly HubFile[]): Promise<void> {
  try {
    await mkdir(places.folder, { recursive: true });
    const inside = (await realpath(places.folder)) + sep;
    for (const folder of [places.blobs, ...files.map((file) => dirname(pathOf(places, file)))]) {
      await mkdir(folder, { recursive: true });
      if (!`${await realpath(folder)}${sep}`.startsWith(inside)) throw escapes(folder);
    }
  } catch (error) {
    throw cacheError(places.folder, error);
  }
}

/** Bytes of a blob that is there in full size; null where it is not. */
export async function wholeBlob(places: Places, file: HubFile): Promise<string | null> {
  const blob = blobOf(places, file);
  const info = await stat(blob).catch(() => null);
  return info?.isFile() === true && info.size === file.size ? blob : null;
}

/** Links the snapshot's name to the blob, in one move; a copy where the system has no links (Windows). */
export async function linkIntoSnapshot(places: Places, file: HubFile): Promise<string> {
  const [blob, path] = [blobOf(places, file), pathOf(places, file)];
  const target = relative(dirname(path), blob);
  if ((await readlink(path).catch(() => null)) === target) return path;
  const fresh = `${path}.${process.pid}.tmp`;
  try {
    await rm(fresh, { force: true });
    await symlink(target, fresh).catch(async (error: unknown) => {
      if (errnoOf(error) !== 'EPERM' && errnoOf(error) !== 'ENOSYS') throw error;
      await link(blob, fresh).catch(() => copyFile(blob, fresh));
    });
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw cacheError(path, error);
  }
  return path;
}

/** `revision` is a checked relative path; a commit needs no ref. */
export async function writeRef(places: Places, revision: string, commit: string): Promise<void> {
  if (revision === commit) return;
  const file = join(places.folder, 'refs', ...revision.split('/'));
  const fresh = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(fresh, commit);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw cacheError(file, error);
  }
}

/** Takes a blob that is not what the Hub says out of the cache, and the snapshot's name of it. */
export async function removeBroken(places: Places, file: HubFile): Promise<void> {
  for (const path of [pathOf(places, file), blobOf(places, file), partialOf(places, file)]) {
    const kind = await lstat(path).catch(() => null);
    if (kind !== null && !kind.isDirectory()) await rm(path, { force: true });
  }
}

const MARGIN_BYTES = 16e6;

/** Throws `disk_full` when the disk of the cache has fewer than `needed` bytes free. */
export async function checkDisk(root: string, needed: number): Promise<void> {
  const info = await statfs(existingFolder(root)).catch(() => null);
  // Where the system does not tell, writing will.
  if (info === null || needed === 0) return;
  const free = info.bsize * info.bavail;
  if (free < needed + MARGIN_BYTES) throw diskFull(root, needed, free);
}

function diskFull(root: string, needed: number | null, free: number | null): LabError {
  const wants = needed === null ? 'The download did not fit' : `The download needs ${formatBytes(needed)}`;
  return hubError(
    'disk_full',
    507,
    `${wants} on the disk of the Hugging Face cache ${plain(root)}; ${free === null ? 'it ran full' : `${formatBytes(free)} are free`}.`,
    'Free some space, or choose another place with HF_HUB_CACHE, then pull again: what has come is kept.',
  );
}

/** What the file system said while we wrote, as a named error. */
export function cacheError(path: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return diskFull(path, null, null);
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS')
    return hubError(
      'hub_cache_not_writable',
      422,
      `The Hugging Face cache can't be written at ${plain(path)} (${errno}).`,
      'Make it writable for this user, or choose another place with HF_HUB_CACHE.',
      error,
    );
  return errno === undefined || error instanceof LabError ? error : fileError(path, error);
}

function escapes(folder: string): LabError {
  return hubError(
    'hub_cache_escapes',
    422,
    `${plain(folder)} is a link that leads out of the cached repository: nothing is written there.`,
    'Remove the link, then pull again.',
  );
}
