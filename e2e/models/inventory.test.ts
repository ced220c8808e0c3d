/** The inventory and its deletions on a real disk: what is told, what is freed, and what is never touched. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locateHome } from '../../server/lib/home.ts';
import { buildGguf, buildSplitGguf, text } from '../../server/resources/model-weights/gguf-fixture.ts';
import {
  takeInventory,
  type Inventory,
  type InventoryOptions,
} from '../../server/resources/model-weights/inventory.ts';
import { removeItem } from '../../server/resources/model-weights/remove.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ailab-inventory-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (...parts: string[]) => join(root, ...parts);
const write = (path: string, content: Buffer | string) => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
  // Old enough to be nobody's running download.
  utimesSync(at(path), 1_700_000_000, 1_700_000_000);
  return at(path);
};
const model = (name: string) => buildGguf({ metadata: { 'general.name': text(name) } });

const COMMIT = 'a'.repeat(40);
const NEWER = 'b'.repeat(40);

/** As huggingface_hub lays it out: blob, relative link, ref. */
function cached(repo: string, file: string, content: Buffer, commit = COMMIT): string {
  const sha = createHash('sha256').update(content).digest('hex');
  const folder = `hub/models--${repo.replace('/', '--')}`;
  write(`${folder}/blobs/${sha}`, content);
  write(`${folder}/refs/main`, commit);
  const link = at(folder, 'snapshots', commit, file);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join('../'.repeat(file.split('/').length + 1), 'blobs', sha), link);
  return link;
}

function take(over: Partial<InventoryOptions> = {}): Promise<Inventory> {
  return takeInventory(
    {
      home: locateHome(at('home')),
      env: { NODE_ENV: 'test', HF_HUB_CACHE: at('hub') },
      folders: [{ path: at('own'), depth: 3 }],
      configured: null,
      lastRequests: new Map(),
      servedAs: 'none',
      ...over,
    },
    new AbortController().signal,
  );
}

const byFile = ({ list }: Inventory, file: string) => {
  const found = list.entries.filter((entry) => entry.file === file);
  expect(found).toHaveLength(1);
  return found[0] ?? list.entries[0]!;
};

async function remove(file: string, over: Partial<InventoryOptions> = {}) {
  const inventory = await take(over);
  const item = inventory.items.get(byFile(inventory, file).id);
  if (item === undefined) throw new Error('no such item');
  return removeItem(item, inventory);
}

/** Every name below, with links as links. */
const below = (folder: string): string[] =>
  existsSync(at(folder)) ? readdirSync(at(folder), { recursive: true, encoding: 'utf8' }).toSorted() : [];

describe('what is told', () => {
  test('nothing at all: an empty list, with the places that were looked into', async () => {
    const { list } = await take();
    expect(list).toMatchObject({ entries: [], blind: [], totalBytes: 0, safeBytes: 0, truncated: false });
    expect(list.places.map(({ exists }) => exists)).toEqual([false, false, false]);
  });

  test('models, split sets as one, sidecars beside their model, partials, links to nothing, unreadable ones', async () => {
    cached('org/one', 'one-Q4_K_M.gguf', model('One'));
    cached('org/one', 'mmproj-f16.gguf', model('Projector'));
    write('hub/models--org--one/blobs/feed.incomplete', 'half');
    for (const [index, part] of buildSplitGguf(3).entries())
      write(`own/deep/big-0000${index + 1}-of-00003.gguf`, part);
    write('own/junk.gguf', 'no model at all');
    write('own/later.gguf.part', 'half');
    symlinkSync(at('own/gone-away.gguf'), at('own/broken.gguf'));
    const inventory = await take();
    expect(inventory.list.entries).toHaveLength(6);
    expect(byFile(inventory, 'one-Q4_K_M.gguf')).toMatchObject({
      kind: 'model',
      title: 'One',
      name: 'org/one:Q4_K_M',
      repo: 'org/one',
      revision: COMMIT,
      architecture: 'llama',
      quantization: 'Q4_K_M',
      contextLength: 2048,
      chatTemplate: true,
      licence: 'apache-2.0',
      sidecars: ['mmproj-f16.gguf'],
      error: null,
      safe: null,
    });
    expect(byFile(inventory, 'deep/big-00001-of-00003.gguf')).toMatchObject({ kind: 'model', parts: 3 });
    expect(byFile(inventory, 'junk.gguf').error).toMatchObject({ code: 'weights_not_gguf' });
    expect(byFile(inventory, 'blobs/feed.incomplete')).toMatchObject({ kind: 'leftover', freesBytes: 4 });
    expect(byFile(inventory, 'later.gguf.part').safe).toMatch(/not ended/);
    expect(byFile(inventory, 'broken.gguf')).toMatchObject({ kind: 'broken', freesBytes: 0 });
    expect(inventory.list.safeBytes).toBe(8);
  });

  test('last use: the ledger by any of its names, else the last reading; our own looking is none', async () => {
    cached('org/one', 'one-Q4_K_M.gguf', model('One'));
    const own = write('own/read.gguf', model('Two'));
    utimesSync(own, 1_700_500_000, 1_700_000_000);
    write('own/never.gguf', model('Three'));
    const lastRequests = new Map([['org/one:one-Q4_K_M.gguf', 123]]);
    await take();
    const inventory = await take({ lastRequests });
    expect(byFile(inventory, 'one-Q4_K_M.gguf')).toMatchObject({ lastUsedAt: 123, lastUsedFrom: 'ledger' });
    expect(byFile(inventory, 'read.gguf')).toMatchObject({
      lastUsedAt: 1_700_500_000_000,
      lastUsedFrom: 'file',
    });
    expect(byFile(inventory, 'never.gguf').lastUsedAt).toBeNull();
  });

  test('the same weights: one blob in two revisions, one sha in two repos, one copy, one hard link; bytes once', async () => {
    const content = model('Same');
    cached('org/one', 'm.gguf', content);
    cached('org/one', 'm.gguf', content, NEWER);
    cached('org/two', 'm.gguf', content);
    write('own/copy.gguf', content);
    linkSync(at('own/copy.gguf'), at('own/again.gguf'));
    const inventory = await take({ configured: at('own/copy.gguf') });
    const { entries, totalBytes, safeBytes } = inventory.list;
    expect(entries).toHaveLength(5);
    expect(entries.every(({ sameAs }) => sameAs !== null)).toBe(true);
    // On the disk: a blob in each repository, and one file with two names.
    expect(totalBytes).toBe(3 * content.length);
    // Both names of the one file are the configured model: neither can go.
    expect(safeBytes).toBe(2 * content.length);
    expect(byFile(inventory, 'copy.gguf')).toMatchObject({ configured: true, safe: null, freesBytes: 0 });
    expect(entries.filter(({ repo }) => repo === 'org/one').map(({ freesBytes }) => freesBytes)).toEqual([
      0, 0,
    ]);
    expect(entries.find(({ repo }) => repo === 'org/two')).toMatchObject({ freesBytes: content.length });
  });

  test('without anything configured, one of a group is kept', async () => {
    const content = model('Same');
    for (const name of ['a', 'b', 'c']) write(`own/${name}.gguf`, content);
    const { list } = await take();
    expect(list.entries.filter(({ safe }) => safe !== null)).toHaveLength(2);
    expect(list.safeBytes).toBe(2 * content.length);
  });

  test('two models of one size are not the same', async () => {
    write('own/a.gguf', model('Same size A'));
    write('own/b.gguf', model('Same size B'));
    expect((await take()).list.entries.map(({ sameAs }) => sameAs)).toEqual([null, null]);
  });

  test('a place that can not be looked into is told, and the others are still there', async () => {
    write('own/a.gguf', model('A'));
    write('hub', 'a file where the cache should be');
    const { list } = await take();
    expect(list.entries).toHaveLength(1);
    expect(list.blind.map(({ name }) => name)).toEqual(['Hugging Face cache']);
  });

  test('control characters of a stranger reach nobody', async () => {
    write('own/a\u001B[2J\u202Ename.gguf', model('Name\u001B[31m\u202E'));
    const told = JSON.stringify((await take()).list);
    expect(told).not.toMatch(/\\u001b|\u202E/i);
  });
});

describe('what is deleted', () => {
  test('the last model of a repository takes blob, link, ref, projector and folder with it', async () => {
    const content = model('One');
    cached('org/one', 'm.gguf', content);
    cached('org/one', 'mmproj-f16.gguf', model('Projector'));
    cached('org/two', 'n.gguf', model('Two'));
    const free = statfsSync(root).bfree;
    const removed = await remove('m.gguf');
    expect(removed.freedBytes).toBe(content.length + model('Projector').length);
    expect(statfsSync(root).bfree).toBeGreaterThan(free - 1000);
    expect(below('hub')).not.toContain('models--org--one');
    expect((await take()).list.entries.map(({ title }) => title)).toEqual(['Two']);
  });

  test('a blob that another revision links to stays, and so does its ref', async () => {
    const content = model('One');
    cached('org/one', 'm.gguf', content);
    cached('org/one', 'm.gguf', content, NEWER);
    const inventory = await take();
    const older = inventory.list.entries.find(({ revision }) => revision === COMMIT);
    const item = inventory.items.get(older?.id ?? '');
    if (item === undefined) throw new Error('no such item');
    expect(await removeItem(item, inventory)).toMatchObject({ freedBytes: 0, files: 1 });
    expect(readdirSync(at('hub/models--org--one/snapshots'))).toEqual([NEWER]);
    expect(readdirSync(at('hub/models--org--one/refs'))).toEqual(['main']);
    expect((await take()).list.entries).toMatchObject([{ error: null, revision: NEWER }]);
  });

  test('a blob that a folder of the user links to stays', async () => {
    const link = cached('org/one', 'm.gguf', model('One'));
    mkdirSync(at('own'));
    symlinkSync(link, at('own/mine.gguf'));
    // The link goes through the snapshot: after its deletion only the blob is left, so it points at the blob itself.
    rmSync(at('own/mine.gguf'));
    const blob = readdirSync(at('hub/models--org--one/blobs'))[0] ?? '';
    symlinkSync(at('hub/models--org--one/blobs', blob), at('own/mine.gguf'));
    expect(await remove('m.gguf')).toMatchObject({ freedBytes: 0 });
    expect((await take()).list.entries.find(({ file }) => file === 'mine.gguf')?.error).toBeNull();
  });

  test('a link in a folder is only a link, wherever it leads', async () => {
    const outside = write('elsewhere/precious.gguf', model('Precious'));
    mkdirSync(at('own'));
    symlinkSync(outside, at('own/link.gguf'));
    const inventory = await take();
    expect(byFile(inventory, 'link.gguf').freesBytes).toBe(0);
    expect(await remove('link.gguf')).toMatchObject({ freedBytes: 0, files: 1 });
    expect(existsSync(outside)).toBe(true);
    expect(below('own')).toEqual([]);
  });

  test('a cache whose blob lies outside of it loses its link and not the blob', async () => {
    const outside = write('elsewhere/blob', model('Precious'));
    const link = at('hub/models--org--one/snapshots', COMMIT, 'm.gguf');
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(outside, link);
    expect(await remove('m.gguf')).toMatchObject({ freedBytes: 0 });
    expect(existsSync(outside)).toBe(true);
  });

  test('a snapshot folder that is a link out of the cache is refused, and nothing is deleted', async () => {
    const outside = write('elsewhere/m.gguf', model('Precious'));
    cached('org/one', 'other.gguf', model('One'));
    rmSync(at('hub/models--org--one/snapshots', COMMIT), { recursive: true });
    symlinkSync(at('elsewhere'), at('hub/models--org--one/snapshots', COMMIT));
    const inventory = await take();
    const item = [...inventory.items.values()].find(({ found }) => found.path.endsWith('m.gguf'));
    if (item !== undefined)
      await expect(removeItem(item, inventory)).rejects.toMatchObject({ code: 'model_outside' });
    expect(existsSync(outside)).toBe(true);
  });

  test('a folder that became a link after the look is refused', async () => {
    write('own/sub/m.gguf', model('Mine'));
    write('elsewhere/m.gguf', model('Precious'));
    const inventory = await take();
    const item = inventory.items.get(byFile(inventory, 'sub/m.gguf').id);
    rmSync(at('own/sub'), { recursive: true });
    symlinkSync(at('elsewhere'), at('own/sub'));
    if (item === undefined) throw new Error('no such item');
    await expect(removeItem(item, inventory)).rejects.toMatchObject({ code: 'model_outside' });
    expect(existsSync(at('elsewhere/m.gguf'))).toBe(true);
  });

  test('all parts of a split set go, and its neighbours stay', async () => {
    for (const [index, part] of buildSplitGguf(3).entries())
      write(`own/big-0000${index + 1}-of-00003.gguf`, part);
    write('own/other.gguf', model('Other'));
    write('own/notes.txt', 'mine');
    expect(await remove('big-00001-of-00003.gguf')).toMatchObject({ files: 3 });
    expect(below('own')).toEqual(['notes.txt', 'other.gguf']);
  });

  test('partials, orphans and broken links go one by one; files of other kinds in the repository stay', async () => {
    cached('org/one', 'README.md', Buffer.from('words'));
    write('hub/models--org--one/blobs/feed.incomplete', 'half');
    write(`hub/models--org--one/blobs/${'c'.repeat(64)}`, 'orphan');
    expect(await remove('blobs/feed.incomplete')).toMatchObject({ freedBytes: 4, files: 1 });
    expect(await remove(`blobs/${'c'.repeat(64)}`)).toMatchObject({ freedBytes: 6, files: 1 });
    expect(below('hub/models--org--one/snapshots')).toEqual([COMMIT, `${COMMIT}/README.md`]);
    expect(readdirSync(at('hub/models--org--one/blobs'))).toHaveLength(1);
  });

  test('a hard link elsewhere keeps the bytes, and none are promised', async () => {
    write('own/m.gguf', model('Mine'));
    mkdirSync(at('elsewhere'));
    linkSync(at('own/m.gguf'), at('elsewhere/m.gguf'));
    expect(byFile(await take(), 'm.gguf').freesBytes).toBe(0);
    expect(await remove('m.gguf')).toMatchObject({ freedBytes: 0, files: 1 });
  });
});

test('a thousand models are listed within seconds, and the signal ends it', async () => {
  const content = model('Many');
  for (let index = 0; index < 1000; index += 1) write(`own/${index}/m${index}.gguf`, content);
  const begun = performance.now();
  expect((await take()).list.entries).toHaveLength(1000);
  expect(performance.now() - begun).toBeLessThan(10_000);
  const abort = new AbortController();
  abort.abort();
  await expect(
    takeInventory(
      {
        home: locateHome(at('home')),
        env: { NODE_ENV: 'test', HF_HUB_CACHE: at('hub') },
        folders: [{ path: at('own'), depth: 3 }],
        configured: null,
        lastRequests: new Map(),
        servedAs: 'none',
      },
      abort.signal,
    ),
  ).rejects.toThrow();
});
