/**
 * All weights of this machine that the lab can see, with what each is, what it holds of the disk and what deleting it
 * would free. Reads the disk only. An entry is never a crash: what can't be read says why.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { reportError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import type { ModelEntry, ModelList } from '../../schemas/inventory.ts';
import { findSame } from './duplicates.ts';
import { readWeights, type WeightsFacts } from './facts.ts';
import { hubCacheRoot } from './hub-cache.ts';
import { lastRead } from './inventory-files.ts';
import { foundInFolder } from './inventory-folder.ts';
import { foundInHub, type Found } from './inventory-hub.ts';
import { judge } from './judge.ts';
import { licenceOfStarter, STARTER } from './starter.ts';
import { plain } from './words.ts';

export interface InventoryOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  /** Absolute paths: `model_folders`, and the folder of model_path. */
  folders: readonly { path: string; depth: number }[];
  /** Path of the weights that the lab is configured to use; null when none are. */
  configured: string | null;
  /** Epoch milliseconds of the last request by the name it was served under. */
  lastRequests: ReadonlyMap<string, number>;
  /** Name under which the configured weights are served. */
  servedAs: string;
}

/** An entry with what a browser must not choose: the files behind it. */
export interface Item {
  entry: ModelEntry;
  found: Found;
  facts: WeightsFacts | null;
}

export interface Inventory {
  list: ModelList;
  items: ReadonlyMap<string, Item>;
}

/** Headers read at the same time; entries at most. */
const AT_ONCE = 8;
const MOST = 5000;

export async function takeInventory(options: InventoryOptions, signal: AbortSignal): Promise<Inventory> {
  const { found, blind, truncated } = await look(options, signal);
  const configured =
    options.configured === null ? null : await realpath(options.configured).catch(() => options.configured);
  const items: Item[] = [];
  for (let at = 0; at < found.length; at += AT_ONCE) {
    signal.throwIfAborted();
    items.push(
      ...(await Promise.all(found.slice(at, at + AT_ONCE).map((one) => itemOf(one, configured, options)))),
    );
  }
  const sums = judge(items, await findSame(items, signal));
  const places = [
    placeAt('hub', hubCacheRoot(options.env)),
    placeAt('home', options.home.models),
    ...options.folders.map(({ path }) => placeAt('folder', path)),
  ];
  return {
    list: { entries: items.map(({ entry }) => entry), blind, places, ...sums, truncated },
    items: new Map(items.map((item) => [item.entry.id, item])),
  };
}

function placeAt(place: Found['place'], path: string): ModelList['places'][number] {
  return { place, path, exists: existsSync(path) };
}

async function look(
  { home, env, folders }: InventoryOptions,
  signal: AbortSignal,
): Promise<{ found: Found[]; blind: ModelList['blind']; truncated: boolean }> {
  const found: Found[] = [];
  const blind: ModelList['blind'] = [];
  const seen = new Set<string>();
  let truncated = false;
  const from = async (name: string, path: string, source: AsyncIterable<Found>) => {
    try {
      for await (const one of source) {
        // Folders may lie in each other.
        if (seen.has(one.path)) continue;
        seen.add(one.path);
        if (found.length >= MOST) {
          truncated = true;
          return;
        }
        found.push(one);
      }
    } catch (error) {
      signal.throwIfAborted();
      blind.push({ name, path, error: reportError(error) });
    }
  };
  const root = hubCacheRoot(env);
  await from('Hugging Face cache', root, foundInHub(root, signal));
  await from('models in the home', home.models, foundInFolder(home.models, 'home', 3, signal));
  for (const { path, depth } of folders) await from(path, path, foundInFolder(path, 'folder', depth, signal));
  return { found, blind, truncated };
}

async function itemOf(found: Found, configured: string | null, options: InventoryOptions): Promise<Item> {
  const { files } = found;
  const used = configured !== null && files.some(({ real }) => real === configured);
  const entry: ModelEntry = {
    id: createHash('sha256').update(found.path).digest('hex').slice(0, 16),
    kind: found.kind,
    place: found.place,
    title: titleOf(found, null),
    name: plain(found.name),
    repo: found.repo,
    revision: found.revision,
    file: plain(found.file),
    path: plain(found.path, 4096),
    parts: Math.max(1, files.length),
    sidecars: found.sidecars.map(({ path }) => plain(basename(path))),
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    architecture: null,
    parameters: null,
    quantization: null,
    contextLength: null,
    chatTemplate: null,
    licence: null,
    ...lastUse(found, used, options),
    configured: used,
    error: null,
    sameAs: null,
    freesBytes: 0,
    safe: null,
  };
  if (found.kind !== 'model') return { entry, found, facts: null };
  try {
    const facts = await readWeights(found.path);
    return { entry: { ...entry, ...told(facts, found) }, found, facts };
  } catch (error) {
    return { entry: { ...entry, error: reportError(error) }, found, facts: null };
  }
}

function told(facts: WeightsFacts, found: Found): Partial<ModelEntry> {
  return {
    title: titleOf(found, facts.name),
    architecture: plain(facts.architecture, 80),
    parameters: facts.parameters,
    quantization: facts.quantization,
    contextLength: facts.contextLength,
    chatTemplate: facts.hasChatTemplate,
    licence: facts.licence ?? licenceOfStarter(found.path, facts.sizeBytes),
  };
}

/** A name from the file's own header, unless it says nothing; the repository's or file's name otherwise. */
function titleOf(found: Found, name: string | null): string {
  if (found.name === STARTER.id) return STARTER.name;
  if (found.kind === 'leftover')
    return plain(`${capital(found.what ?? 'left over')}: ${found.repo ?? found.name}`);
  if (name !== null && name.trim().length > 2) return name.trim();
  return plain(basename(found.file).replace(/(-\d{5}-of-\d{5})?\.gguf$/i, ''));
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function lastUse(
  found: Found,
  used: boolean,
  { lastRequests, servedAs }: InventoryOptions,
): Pick<ModelEntry, 'lastUsedAt' | 'lastUsedFrom'> {
  const names = [found.name, ...found.aliases, ...(used ? [servedAs] : [])];
  const asked = names.flatMap((name) => lastRequests.get(name) ?? []);
  const read = lastRead(found.files);
  if (asked.length > 0) return { lastUsedAt: Math.max(...asked), lastUsedFrom: 'ledger' };
  return { lastUsedAt: read, lastUsedFrom: read === null ? null : 'file' };
}
