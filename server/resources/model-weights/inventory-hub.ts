/** The Hugging Face cache as found entries: models, what downloads left behind, links to nothing. */
import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../lib/errors.ts';
import { modelNames, parseSplit, partName, quantInName, sidecarKind } from './file-names.ts';
import { cachedRepos, ggufFilesBelow, repoFolder, snapshots } from './hub-cache.ts';
import { fileOnDisk, type FileOnDisk } from './inventory-files.ts';
import { fileError } from './words.ts';

/** One thing found, before its header is read. */
export interface Found {
  kind: 'model' | 'leftover' | 'broken';
  place: 'hub' | 'home' | 'folder';
  /** Works as model_id for a model of the cache; else the file's name. */
  name: string;
  /** Other names under which the ledger may know it. */
  aliases: string[];
  repo: string | null;
  revision: string | null;
  /** Relative to the repository or folder, with `/`. */
  file: string;
  path: string;
  /** Folder that every deletion must stay in. */
  root: string;
  /** In order; empty for a link to nothing. */
  files: FileOnDisk[];
  /** Paths whose removal removes it; for a split set all parts. */
  paths: string[];
  sidecars: FileOnDisk[];
  /** What a leftover is, in words. */
  what: string | null;
}

export const UNFINISHED = 'a download that has not ended';

/** Reads one repository after the other, so that a huge cache takes time and not memory. */
export async function* foundInHub(root: string, signal: AbortSignal): AsyncGenerator<Found> {
  for (const repo of await cachedRepos(root)) {
    signal.throwIfAborted();
    yield* foundInRepo(root, repo, signal);
  }
}

async function* foundInRepo(root: string, repo: string, signal: AbortSignal): AsyncGenerator<Found> {
  const folder = repoFolder(root, repo);
  const commits = await snapshots(folder);
  const linked = new Set<string>();
  for (const commit of commits) {
    signal.throwIfAborted();
    const snapshot = join(folder, 'snapshots', commit);
    for (const path of await filesBelow(snapshot)) {
      const file = await fileOnDisk(path).catch(() => null);
      if (file !== null) linked.add(file.key);
    }
    const several = commits.length > 1;
    yield* foundInSnapshot({ root, repo, commit, snapshot, several });
  }
  yield* leftovers(root, repo, folder, linked);
}

interface Snapshot {
  root: string;
  repo: string;
  commit: string;
  snapshot: string;
  /** The repository has other revisions, too. */
  several: boolean;
}

async function* foundInSnapshot({ root, repo, commit, snapshot, several }: Snapshot): AsyncGenerator<Found> {
  const names = await ggufFilesBelow(snapshot);
  const models = modelNames(names);
  const sidecars = await sidecarsOf(snapshot, names);
  for (const model of models) {
    const quant = quantInName(model);
    const alone = quant !== null && models.filter((other) => quantInName(other) === quant).length === 1;
    const revision = several ? `@${commit.slice(0, 12)}` : '';
    const ways = [`${repo}:${model}`, ...(alone ? [`${repo}:${quant}`] : [])];
    const parts = partsOf(model, names).map((name) => join(snapshot, ...name.split('/')));
    const { files, broken } = await filesOf(parts);
    const path = join(snapshot, ...model.split('/'));
    yield {
      kind: broken ? 'broken' : 'model',
      place: 'hub',
      name: `${repo}:${alone ? quant : model}${revision}`,
      aliases: [
        ...ways.flatMap((way) => [way, `${way}@${commit}`, `${way}@${commit.slice(0, 12)}`]),
        ...(models.length === 1 ? [repo, `${repo}@${commit}`] : []),
      ],
      repo,
      revision: commit,
      file: model,
      path,
      root,
      files,
      paths: parts.length === 0 ? [path] : parts,
      // The last model of a snapshot takes its projector with it; beside others it stays.
      sidecars: models.length === 1 ? sidecars : [],
      what: broken ? 'a link to a file that is not there' : null,
    };
  }
}

/** Names of the parts that are there. */
export function partsOf(model: string, names: readonly string[]): string[] {
  const split = parseSplit(model);
  if (split === undefined) return [model];
  const wanted = new Set(
    Array.from({ length: Math.min(split.count, 2000) }, (_, at) => partName(split, at + 1)),
  );
  return names.filter((name) => wanted.has(name));
}

/** A set with a link to nothing in it is broken as a whole. */
export async function filesOf(paths: readonly string[]): Promise<{ files: FileOnDisk[]; broken: boolean }> {
  const files: FileOnDisk[] = [];
  let broken = false;
  for (const path of paths) {
    const file = await fileOnDisk(path);
    if (file === null) broken = true;
    else files.push(file);
  }
  return { files, broken };
}

async function sidecarsOf(folder: string, names: readonly string[]): Promise<FileOnDisk[]> {
  const beside = names.filter((name) => sidecarKind(name.slice(name.lastIndexOf('/') + 1)) !== undefined);
  return (await filesOf(beside.map((name) => join(folder, ...name.split('/'))))).files;
}

/** Blobs that no snapshot links to: downloads that broke off, and what a deletion by hand forgot. */
async function* leftovers(
  root: string,
  repo: string,
  folder: string,
  linked: ReadonlySet<string>,
): AsyncGenerator<Found> {
  const blobs = join(folder, 'blobs');
  for (const name of await namesIn(blobs)) {
    const path = join(blobs, name);
    const file = await fileOnDisk(path).catch(() => null);
    if (file === null || linked.has(file.key)) continue;
    const partial = name.endsWith('.incomplete');
    yield {
      kind: 'leftover',
      place: 'hub',
      name: `${name.slice(0, 12)}…`,
      aliases: [],
      repo,
      revision: null,
      file: `blobs/${name}`,
      path,
      root,
      files: [file],
      paths: [path],
      sidecars: [],
      what: partial ? UNFINISHED : 'a file that no revision names',
    };
  }
}

/** Every file below, whatever its kind, four folders deep. Links to folders are not followed. */
async function filesBelow(folder: string, depth = 4): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) found.push(path);
    else if (depth > 0) found.push(...(await filesBelow(path, depth - 1)));
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    await lstat(dirname(folder));
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(folder, error);
  }
}
