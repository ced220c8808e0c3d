/** Which entries hold the same weights: one file under two names, the same sha256, or the same size and header. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ModelEntry } from '../../schemas/inventory.ts';
import { edges } from './inventory-files.ts';
import type { Item } from './inventory.ts';
import { STARTER } from './starter.ts';

type How = NonNullable<ModelEntry['sameAs']>['how'];

/** Fills `sameAs`. Of a group, each names all others. */
export async function findSame(items: readonly Item[], signal: AbortSignal): Promise<void> {
  const models = items.filter(({ found }) => found.kind === 'model' && found.files.length > 0);
  group(models, 'file', ({ found }) => found.files.map(({ key }) => key).join(' '));
  group(models, 'sha256', shaOf);
  const sizes = new Map<number, Item[]>();
  for (const item of models) {
    const size = item.entry.sizeBytes;
    sizes.set(size, [...(sizes.get(size) ?? []), item]);
  }
  for (const alike of sizes.values()) {
    signal.throwIfAborted();
    if (alike.length < 2 || alike.every(({ entry }) => entry.sameAs !== null)) continue;
    const prints = new Map<Item, string>();
    for (const item of alike) prints.set(item, await printOf(item).catch(() => item.entry.id));
    group(alike, 'size-and-header', (item) => prints.get(item) ?? null);
  }
}

function group(items: readonly Item[], how: How, keyOf: (item: Item) => string | null): void {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  for (const alike of groups.values()) {
    if (alike.length < 2) continue;
    for (const item of alike) {
      const others = alike.filter((one) => one !== item).map(({ entry }) => entry.id);
      const ids = new Set([...(item.entry.sameAs?.ids ?? []), ...others]);
      item.entry.sameAs = { ids: [...ids], how: item.entry.sameAs?.how ?? how };
    }
  }
}

/** The cache names a large file's blob after its sha256; the starter's was checked when it came. */
function shaOf({ found, entry }: Item): string | null {
  if (entry.name === STARTER.id && entry.sizeBytes === STARTER.bytes) return STARTER.sha256;
  const names = found.files.map(({ real }) => basename(real));
  return names.every((name) => /^[0-9a-f]{64}$/.test(name)) ? names.join(' ') : null;
}

async function printOf({ found }: Item): Promise<string> {
  const hash = createHash('sha256');
  for (const file of found.files) hash.update(`${file.sizeBytes} `).update(await edges(file));
  return hash.digest('hex');
}
