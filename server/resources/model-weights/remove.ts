/**
 * Deletes an entry of the inventory, and nothing else: links, then the blobs that nobody else names, then what is empty.
 * Each path is looked at again just before: its folder, after all links, must lie in the cache or folder it came from.
 */
import { lstat, readdir, readFile, realpath, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { errnoOf, LabError } from '../../lib/errors.ts';
import type { ModelRemoved } from '../../schemas/inventory.ts';
import { repoFolder } from './hub-cache.ts';
import type { Inventory, Item } from './inventory.ts';
import { fileOnDisk, type FileOnDisk } from './inventory-files.ts';
import { holdersOf, isBlobLink, removedFiles } from './judge.ts';
import { fileError, plain } from './words.ts';

/** Throws `model_outside` before anything is deleted, when one of its paths leads out of where it was found. */
export async function removeItem(item: Item, inventory: Inventory): Promise<ModelRemoved> {
  const { found, entry } = item;
  const root = await realpath(found.root).catch((error: unknown) => {
    throw fileError(found.root, error);
  });
  const files = removedFiles(item);
  const paths = [...new Set([...found.paths, ...files.map(({ path }) => path)])];
  for (const path of paths) await checkInside(path, root);
  const blobs = await ownBlobs(files, item, inventory, root);

  let freedBytes = 0;
  let count = 0;
  for (const path of paths) {
    const file = await fileOnDisk(path).catch(() => null);
    if (!(await remove(path))) continue;
    count += 1;
    if (file !== null && !file.isLink && file.names === 1) freedBytes += file.diskBytes;
  }
  for (const blob of blobs) {
    if (!(await remove(blob.real))) continue;
    count += 1;
    if (blob.names === 1) freedBytes += blob.diskBytes;
  }
  if (found.repo !== null) await tidyRepo(repoFolder(root, found.repo));
  return { title: entry.title, freedBytes, files: count };
}

/** The blobs behind its links that lie in its own repository and that no other entry or link of the cache names. */
async function ownBlobs(
  files: readonly FileOnDisk[],
  item: Item,
  inventory: Inventory,
  root: string,
): Promise<FileOnDisk[]> {
  if (item.found.repo === null) return [];
  const linked = files.filter(isBlobLink);
  const own = new Set(files.map(({ path }) => path));
  const holders = holdersOf([...inventory.items.values()]);
  const elsewhere = await linkedElsewhere(repoFolder(root, item.found.repo), own);
  const blobs = new Map<string, FileOnDisk>();
  for (const file of linked) {
    const others = [...(holders.get(file.key) ?? [])].some((path) => !own.has(path));
    if (others || elsewhere.has(file.real)) continue;
    await checkInside(file.real, root);
    blobs.set(file.key, file);
  }
  return [...blobs.values()];
}

/** Targets of all links in a repository's snapshots, but for those that go. */
async function linkedElsewhere(repo: string, going: ReadonlySet<string>): Promise<Set<string>> {
  const targets = new Set<string>();
  // Compared by their real folder: a cache may be reached through a link.
  const gone = new Set(await Promise.all([...going].map(realOfFolder)));
  const walk = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth > 0) await walk(path, depth - 1);
      else if (entry.isSymbolicLink() && !gone.has(path)) targets.add(await realpath(path).catch(() => path));
    }
  };
  await walk(join(repo, 'snapshots'), 6);
  return targets;
}

async function realOfFolder(path: string): Promise<string> {
  return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
}

/** The folder that holds the path, after all links, must be the root or below it. */
async function checkInside(path: string, root: string): Promise<void> {
  const folder = await realpath(dirname(path)).catch(() => null);
  if (folder !== null && (folder === root || folder.startsWith(root + sep))) return;
  throw new LabError({
    code: 'model_outside',
    message: `${plain(path)} lies outside ${plain(root)}; nothing was deleted.`,
    fix: 'Delete the file yourself, if you are sure that nobody else needs it.',
    status: 409,
  });
}

/** False when it was gone already. A folder in its place is never removed. */
async function remove(path: string): Promise<boolean> {
  try {
    const info = await lstat(path);
    if (info.isDirectory()) return false;
    await unlink(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw fileError(path, error);
  }
}

/** Empty snapshots go, with the refs that name them; a repository without snapshots and blobs goes as a whole. */
async function tidyRepo(repo: string): Promise<void> {
  const snapshots = join(repo, 'snapshots');
  for (const commit of await names(snapshots)) {
    await removeEmpty(join(snapshots, commit));
    if (!(await names(snapshots)).includes(commit)) await removeRefs(join(repo, 'refs'), commit);
  }
  if ((await names(snapshots)).length > 0 || (await names(join(repo, 'blobs'))).length > 0) return;
  for (const part of ['refs', '.no_exist', 'trees', 'snapshots', 'blobs'])
    await rm(join(repo, part), { recursive: true, force: true });
  // Whatever else lies there keeps the folder.
  await rmdir(repo).catch(() => undefined);
}

/** Removes a folder that holds nothing but empty folders; rmdir refuses anything else. */
async function removeEmpty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await removeEmpty(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}

async function removeRefs(refs: string, commit: string): Promise<void> {
  for (const entry of await readdir(refs, { withFileTypes: true }).catch(() => [])) {
    const path = join(refs, entry.name);
    if (entry.isDirectory()) {
      await removeRefs(path, commit);
      await rmdir(path).catch(() => undefined);
    } else if ((await readFile(path, 'utf8').catch(() => '')).trim() === commit) await remove(path);
  }
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
