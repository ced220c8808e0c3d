/**
 * The Hugging Face cache on disk, read only. Layout (huggingface_hub, docs/guides/manage-cache):
 * `models--org--name/{refs/<revision>, snapshots/<commit>/<file> → ../../blobs/<etag>, blobs/<etag>.incomplete}`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../../lib/errors.ts';
import { expandTilde } from '../../lib/home.ts';
import { isGguf } from './file-names.ts';
import { fileError } from './words.ts';

/** Folders below a snapshot that are looked into: repos put split models into one folder per quantization. */
const MAX_DEPTH = 3;
const MAX_FILES = 2000;

/** The first that is set of HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME/hub, XDG_CACHE_HOME/huggingface/hub, else ~/.cache. */
export function hubCacheRoot(env: NodeJS.ProcessEnv): string {
  const direct = folderIn(env, 'HF_HUB_CACHE') ?? folderIn(env, 'HUGGINGFACE_HUB_CACHE');
  return direct ?? join(huggingFaceHome(env), 'hub');
}

/** HF_HOME, else `huggingface` in XDG_CACHE_HOME, else in ~/.cache: cache and token lie there. */
export function huggingFaceHome(env: NodeJS.ProcessEnv): string {
  const cache = folderIn(env, 'XDG_CACHE_HOME') ?? join(homedir(), '.cache');
  return folderIn(env, 'HF_HOME') ?? join(cache, 'huggingface');
}

function folderIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : expandTilde(value);
}

export function repoFolder(root: string, repo: string): string {
  return join(root, `models--${repo.replace('/', '--')}`);
}

/** `org/name` of every model repo in the cache; empty when there is no cache at all. */
export async function cachedRepos(root: string): Promise<string[]> {
  const names = await entries(root);
  return names
    .filter((name) => /^models--[^/]+?--.+$/.test(name))
    .map((name) => name.slice('models--'.length).replace('--', '/'))
    .toSorted();
}

export async function snapshots(folder: string): Promise<string[]> {
  return (await entries(join(folder, 'snapshots'))).toSorted();
}

/**
 * Commit that a branch or tag points to; null when the cache does not know it. `revision` is a checked relative path;
 * the answer is whatever the file says, so compare it with the snapshots before use.
 */
export async function commitOfRef(folder: string, revision: string): Promise<string | null> {
  const file = join(folder, 'refs', ...revision.split('/'));
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoOf(error) ?? '')) return null;
    throw fileError(file, error);
  }
}

/** Relative paths (with `/`) of the .gguf files below a snapshot. Links to folders are not followed. */
export async function ggufFilesBelow(folder: string, depth = MAX_DEPTH): Promise<string[]> {
  const found: string[] = [];
  const walk = async (relative: string, level: number): Promise<void> => {
    const below = await readdir(join(folder, relative), { withFileTypes: true }).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return [];
      throw fileError(join(folder, relative), error);
    });
    for (const entry of below) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (found.length >= MAX_FILES) return;
      if (entry.isDirectory()) {
        if (level < depth && !entry.name.startsWith('.')) await walk(path, level + 1);
      } else if (isGguf(entry.name)) found.push(path);
    }
  };
  await walk('', 0);
  return found.toSorted();
}

/** Names in `blobs` of downloads that have not ended. */
export async function unfinishedBlobs(folder: string): Promise<string[]> {
  return (await entries(join(folder, 'blobs'))).filter((name) => name.endsWith('.incomplete'));
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(folder, error);
  }
}
