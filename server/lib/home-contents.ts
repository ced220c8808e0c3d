/**
 * What ailab-web makes in a home, by name. Only this is ever deleted: a home may be a folder that held other things
 * before, and weights that someone put into `models` are theirs.
 */
import { lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './errors.ts';
import type { Home } from './home.ts';

/** Files of the home itself; SQLite's and half-written ones have more behind the name. */
const IN_ROOT =
  /^(?:ai-lab\.yaml(?:\.\d+\.tmp)?|ailab\.db(?:-\w+)?|ledger-sums\.bin(?:\.\d+\.tmp)?|(?:server|runtime|embeddings)\.json(?:\.\d+\.tmp)?|(?:runtime|embeddings)\.key(?:\.\d+\.tmp)?)$/;
/** And of its folders. */
const IN_FOLDERS: Record<string, RegExp> = {
  backups: /^ailab-.*\.db(?:-\w+)?$/,
  logs: /^(?:(?:runtime|supervisor|embeddings|embeddings-supervisor)\.log(?:\.1)?|hooks)$/,
  models: /^(?:pypi|\.partial-.+)$/,
  runtimes: /^node-llama-cpp-.+$/,
  stack: /^(?:(?:secrets|rendered)\.json|stack\.env|grafana\.proven|files)(?:\.\d+(?:\.tmp)?)?$/,
  tools: /^(?:uv|pipx|pip)$/,
};

/** Paths of what is ours, whole folders as one; empty where there is no lab. */
export function ownEntries({ root }: Pick<Home, 'root'>): string[] {
  return list(root).flatMap((name) => {
    if (IN_ROOT.test(name)) return [join(root, name)];
    const ours = IN_FOLDERS[name];
    const folder = join(root, name);
    // A link leads out of the home.
    if (ours === undefined || !lstatSync(folder).isDirectory()) return [];
    return list(folder)
      .filter((inner) => ours.test(inner))
      .map((inner) => join(folder, inner));
  });
}

/** Deletes them, and the folders that are empty then. Returns the paths of what stays because it is not ours. */
export function removeOwnEntries(home: Pick<Home, 'root'>): string[] {
  for (const path of ownEntries(home)) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  for (const name of Object.keys(IN_FOLDERS)) removeEmpty(join(home.root, name));
  removeEmpty(home.root);
  return list(home.root).flatMap((name) => {
    const path = join(home.root, name);
    const inner = name in IN_FOLDERS && lstatSync(path).isDirectory() ? list(path) : [];
    return inner.length === 0 ? [path] : inner.map((one) => join(path, one));
  });
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EBUSY'].includes(errno)) throw error;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
