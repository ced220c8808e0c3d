/** Which entries hold the same weights: one file under two names, the same sha256, or the same size and header. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ModelEntry } from '../../schemas/inventory.ts';
import { edges } from './inventory-files.ts';
import type { Item } from './inventory.ts';
import { STARTER } from './starter.ts';

type How = NonNullable<ModelEntry['sameAs']>['how'];
export type Group = Set<Item>;

/** Others that an entry names; more are no news. */
const MOST_NAMED = 10;

/** Fills `sameAs`; returns the groups, each item in one at most. */
export async function findSame(items: readonly Item[], signal: AbortSignal): Promise<Group[]> {
  const models = items.filter(({ found }) => found.kind === 'model' && found.files.length > 0);
  const groups = new Map<Item, Group>(models.map((item) => [item, new Set([item])]));
  const hows = new Map<Item, How>();
  join(models, 'file', ({ found }) => found.files.map(({ key }) => key).join(' '), groups, hows);
  join(models, 'sha256', shaOf, groups, hows);
  for (const alike of byKey(models, ({ entry }) => String(entry.sizeBytes))) {
    signal.throwIfAborted();
    if (new Set(alike.map((item) => groups.get(item))).size < 2) continue;
    const prints = new Map<Item, string>();
    for (const item of alike) prints.set(item, await printOf(item).catch(() => item.entry.id));
    join(alike, 'size-and-header', (item) => prints.get(item) ?? null, groups, hows);
  }
  for (const item of models) {
    const how = hows.get(item);
    const others = [...(groups.get(item) ?? [])].filter((one) => one !== item).slice(0, MOST_NAMED);
    if (how !== undefined) item.entry.sameAs = { ids: others.map(({ entry }) => entry.id), how };
  }
  return [...new Set(groups.values())].filter(({ size }) => size > 1);
}

function byKey(items: readonly Item[], keyOf: (item: Item) => string | null): Item[][] {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const known = found.get(key);
    if (known === undefined) found.set(key, [item]);
    else known.push(item);
  }
  return [...found.values()].filter(({ length }) => length > 1);
}

/** Makes one group of all whose key is the same, with the groups that they were in before. */
function join(
  items: readonly Item[],
  how: How,
  keyOf: (item: Item) => string | null,
  groups: Map<Item, Group>,
  hows: Map<Item, How>,
): void {
  for (const alike of byKey(items, keyOf)) {
    const whole: Group = new Set(alike.flatMap((item) => [...(groups.get(item) ?? [item])]));
    for (const item of whole) {
      groups.set(item, whole);
      if (!hows.has(item)) hows.set(item, how);
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
