/** What deleting an entry frees, and which can go without losing anything. Pure but for the entries it fills. */
import type { Group } from './duplicates.ts';
import type { FileOnDisk } from './inventory-files.ts';
import type { Item } from './inventory.ts';

/** A download that was written to so lately may be running. */
const STILL_WRITTEN_MS = 120_000;

/** Fills `freesBytes` and `safe`; returns the sums, each file of the disk counted once. */
export function judge(
  items: readonly Item[],
  groups: readonly Group[],
  now = Date.now(),
): { totalBytes: number; safeBytes: number } {
  const holders = holdersOf(items);
  for (const item of items) {
    item.entry.freesBytes = freed([item], holders);
    item.entry.safe = null;
  }
  // Of each group one stays: the configured one, else the best.
  const keepers = new Map<Item, Item>();
  for (const group of groups) {
    const [keeper] = [...group].toSorted(byWorth);
    if (keeper !== undefined) for (const item of group) keepers.set(item, keeper);
  }
  for (const item of items) item.entry.safe = whySafe(item, keepers.get(item), now);
  const all = new Map(items.flatMap((item) => removedFiles(item)).map((file) => [file.key, file]));
  return {
    totalBytes: sum([...all.values()]),
    safeBytes: freed(
      items.filter(({ entry }) => entry.safe !== null),
      holders,
    ),
  };
}

/** Paths by which each file of the disk is held in the inventory. */
export function holdersOf(items: readonly Item[]): Map<string, Set<string>> {
  const holders = new Map<string, Set<string>>();
  for (const item of items) {
    for (const { key, path } of removedFiles(item))
      holders.set(key, (holders.get(key) ?? new Set()).add(path));
  }
  return holders;
}

export function removedFiles({ found }: Item): FileOnDisk[] {
  return [...found.files, ...found.sidecars];
}

/** Bytes that go when all of these go: files that nobody else in the inventory names, and nothing else on the disk. */
function freed(going: readonly Item[], holders: ReadonlyMap<string, ReadonlySet<string>>): number {
  const leaving = new Map<string, FileOnDisk[]>();
  for (const item of going) {
    for (const file of removedFiles(item)) leaving.set(file.key, [...(leaving.get(file.key) ?? []), file]);
  }
  return sum(
    [...leaving].flatMap(([key, files]) => {
      const [file] = files;
      const paths = new Set(files.map(({ path }) => path));
      const last = (holders.get(key)?.size ?? 0) <= paths.size;
      return file !== undefined && last && isOwned(files) ? [file] : [];
    }),
  );
}

/**
 * Does the file itself go with these paths? A link in a plain folder is only a link; in a cache the blob goes with its
 * last link. A hard link elsewhere keeps the bytes.
 */
function isOwned(files: readonly FileOnDisk[]): boolean {
  const reals = new Set(files.map(({ real }) => real));
  const names = files[0]?.names ?? 1;
  return names <= reals.size && files.some((file) => !file.isLink || isBlobLink(file));
}

/** A snapshot's link into the blobs of its own repository. */
export function isBlobLink({ path, real, isLink }: FileOnDisk): boolean {
  const repo = /^(.*[/\\]models--[^/\\]+)[/\\]snapshots[/\\]/.exec(path)?.[1];
  const inBlobs = /[/\\](models--[^/\\]+)[/\\]blobs[/\\][^/\\]+$/.exec(real)?.[1];
  return isLink && repo !== undefined && inBlobs !== undefined && repo.endsWith(inBlobs);
}

function whySafe({ entry, found }: Item, keeper: Item | undefined, now: number): string | null {
  if (entry.configured) return null;
  if (found.kind === 'broken') return 'It links to a file that is not there.';
  if (found.kind === 'leftover') {
    const written = Math.max(...found.files.map(({ writtenAt }) => writtenAt));
    return now - written < STILL_WRITTEN_MS ? null : `It is ${found.what ?? 'left over'}.`;
  }
  const spare = keeper !== undefined && keeper.found !== found && entry.error === null;
  return spare ? `${keeper.entry.name} holds the same weights.` : null;
}

function byWorth(a: Item, b: Item): number {
  return (
    Number(b.entry.configured) - Number(a.entry.configured) ||
    Number(a.found.files.some(({ isLink }) => isLink) && a.found.place !== 'hub') -
      Number(b.found.files.some(({ isLink }) => isLink) && b.found.place !== 'hub') ||
    (b.entry.lastUsedAt ?? 0) - (a.entry.lastUsedAt ?? 0) ||
    a.entry.path.localeCompare(b.entry.path)
  );
}

function sum(files: readonly FileOnDisk[]): number {
  return files.reduce((total, { diskBytes }) => total + diskBytes, 0);
}
