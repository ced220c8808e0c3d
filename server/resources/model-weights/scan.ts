/** All GGUF models that lie where the lab looks: the Hugging Face cache, the home, a configured folder. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { errnoOf } from '../../lib/errors.ts';
import { expandTilde, type Home } from '../../lib/home.ts';
import type { WeightsSource } from '../../schemas/lab.ts';
import { modelNames, quantInName } from './file-names.ts';
import { cachedRepos, ggufFilesBelow, hubCacheRoot, repoFolder, snapshots } from './hub-cache.ts';
import { fileError } from './words.ts';

export interface FoundModel {
  /** For a cached repo: an id that works as model_id. Else the file's name. */
  name: string;
  path: string;
  /** Path after all links; tells whether two entries are one file. */
  real: string;
  source: 'hub' | 'home' | 'folder';
}

/** A place that could not be looked into; what lies there is unknown, not absent. */
export interface BlindPlace {
  name: string;
  path: string;
  error: unknown;
}

export interface Scan {
  models: FoundModel[];
  blind: BlindPlace[];
}

export interface ScanOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  weights: WeightsSource;
}

export async function scanModels({ home, env, weights }: ScanOptions, signal: AbortSignal): Promise<Scan> {
  const look = async (name: string, path: string, find: () => Promise<FoundModel[]>): Promise<Scan> => {
    signal.throwIfAborted();
    try {
      return { models: await find(), blind: [] };
    } catch (error) {
      signal.throwIfAborted();
      return { models: [], blind: [{ name, path, error }] };
    }
  };
  const root = hubCacheRoot(env);
  const scans = [
    look('Hugging Face cache', root, () => inHub(root, signal)),
    look('models in the home', home.models, () => inFolder(home.models, 'home', 3)),
  ];
  if (weights.kind === 'path') {
    const folder = resolve(expandTilde(weights.path));
    scans.push(
      inConfigured(folder, () => look('configured folder', folder, () => inFolder(folder, 'folder', 0))),
    );
  }
  const found = await Promise.all(scans);
  return {
    models: unique(found.flatMap(({ models }) => models)),
    blind: found.flatMap(({ blind }) => blind),
  };
}

async function inConfigured(folder: string, look: () => Promise<Scan>): Promise<Scan> {
  const isFolder = await stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
  return isFolder ? look() : { models: [], blind: [] };
}

async function inHub(root: string, signal: AbortSignal): Promise<FoundModel[]> {
  const found: FoundModel[] = [];
  for (const repo of await cachedRepos(root)) {
    signal.throwIfAborted();
    const folder = repoFolder(root, repo);
    const commits = await snapshots(folder);
    for (const commit of commits) {
      const snapshot = join(folder, 'snapshots', commit);
      const models = modelNames(await ggufFilesBelow(snapshot));
      const revision = commits.length > 1 ? `@${commit.slice(0, 12)}` : '';
      for (const model of models) {
        const quant = quantInName(model);
        const alone = quant !== null && models.filter((other) => quantInName(other) === quant).length === 1;
        const path = join(snapshot, ...model.split('/'));
        found.push({
          name: `${repo}:${alone ? quant : model}${revision}`,
          path,
          real: await realOf(path),
          source: 'hub',
        });
      }
    }
  }
  return found;
}

async function inFolder(folder: string, source: 'home' | 'folder', depth: number): Promise<FoundModel[]> {
  await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw fileError(folder, error);
  });
  const models: FoundModel[] = [];
  for (const model of modelNames(await ggufFilesBelow(folder, depth))) {
    const path = join(folder, ...model.split('/'));
    models.push({ name: basename(path), path, real: await realOf(path), source });
  }
  return models;
}

async function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** One entry per file; where a name would come twice, the path tells them apart. */
function unique(models: readonly FoundModel[]): FoundModel[] {
  const byFile = new Map<string, FoundModel>();
  for (const model of models) if (!byFile.has(model.real)) byFile.set(model.real, model);
  const files = [...byFile.values()];
  const counts = new Map<string, number>();
  for (const { name } of files) counts.set(name, (counts.get(name) ?? 0) + 1);
  return files.map((model) => ((counts.get(model.name) ?? 0) > 1 ? { ...model, name: model.path } : model));
}
