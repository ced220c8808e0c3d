import { appendFileSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { readWeights } from '../../server/resources/model-weights/facts.ts';
import { buildGguf, buildSplitGguf, num, text } from '../../server/resources/model-weights/gguf-fixture.ts';
import { testFolder } from '../../server/resources/model-weights/test-folder.ts';
import { fileError } from '../../server/resources/model-weights/words.ts';

const folder = testFolder();
afterAll(() => folder.remove());

test('a whole file', async () => {
  const content = buildGguf();
  const path = folder.write('whole.gguf', content);
  expect(await readWeights(path)).toEqual({
    path,
    parts: [path],
    sizeBytes: content.length,
    architecture: 'llama',
    name: 'Tiny Llama',
    licence: 'apache-2.0',
    parameters: 2112,
    quantization: 'Q4_K_M',
    contextLength: 2048,
    blockCount: 2,
    embeddingLength: 64,
    poolingType: null,
    headCount: 4,
    headCountKv: 2,
    keyLength: null,
    valueLength: null,
    hasChatTemplate: true,
    ggufVersion: 3,
    tensors: 2,
    repackedBytes: 0,
    shape: expect.objectContaining({ vocabulary: 200, slidingWindow: null }),
  });
});

function splitFiles(under: string, change: (parts: Buffer[]) => void = () => undefined): string[] {
  const parts = buildSplitGguf(3);
  change(parts);
  return parts.map((part, index) => folder.write(`${under}/m-0000${index + 1}-of-00003.gguf`, part));
}

test('a split model is one: sizes and parameters are summed', async () => {
  const paths = splitFiles('split');
  const facts = await readWeights(paths[2] ?? '');
  expect(facts).toMatchObject({
    path: paths[0],
    parts: paths,
    parameters: 960,
    tensors: 3,
    architecture: 'llama',
  });
  expect(facts.sizeBytes).toBe(buildSplitGguf(3).reduce((sum, part) => sum + part.length, 0));
});

test.each([
  [
    'a part that is cut off',
    'weights_truncated',
    (parts: Buffer[]) => parts.splice(1, 1, parts[1]?.subarray(0, -64) ?? Buffer.alloc(0)),
  ],
  [
    'parts in the wrong order',
    'weights_corrupt',
    (parts: Buffer[]) => parts.splice(0, 3, ...parts.toReversed()),
  ],
  ['a part that is another model', 'weights_corrupt', (parts: Buffer[]) => parts.splice(2, 1, buildGguf())],
  ['an empty part', 'weights_zero_bytes', (parts: Buffer[]) => parts.splice(1, 1, Buffer.alloc(0))],
  [
    'fewer tensors than promised',
    'weights_corrupt',
    (parts: Buffer[]) =>
      parts.splice(
        2,
        1,
        buildGguf({ metadata: { 'split.no': num('u16', 2), 'split.count': num('u16', 3) }, tensors: [] }),
      ),
  ],
])('a split model with %s: %s', async (what, code, change) => {
  const paths = splitFiles(what.replaceAll(' ', '-'), change);
  await expect(readWeights(paths[0] ?? '')).rejects.toMatchObject({ code });
});

test('a part under a name that hides the others', async () => {
  const path = folder.write('lone.gguf', buildSplitGguf(2)[0] ?? '');
  await expect(readWeights(path)).rejects.toMatchObject({ code: 'weights_parts_missing' });
});

test.each([
  ['a projector by its header', 'weights_sidecar', { metadata: { 'general.type': text('mmproj') } }],
  ['a clip model', 'weights_sidecar', { metadata: { 'general.architecture': text('clip') } }],
  ['an adapter', 'weights_sidecar', { metadata: { 'general.type': text('adapter') } }],
  ['a vocabulary only', 'weights_corrupt', { tensors: [] }],
  ['no architecture', 'weights_corrupt', { metadata: { 'general.architecture': undefined } }],
])('%s: %s', async (what, code, options) => {
  const path = folder.write(`${what.replaceAll(' ', '-')}.gguf`, buildGguf(options));
  await expect(readWeights(path)).rejects.toMatchObject({ code });
});

test('a header is read once, until size or time of the file change', async () => {
  const content = buildGguf();
  const path = folder.write('cached.gguf', content);
  utimesSync(path, 1000, 1000);
  expect((await readWeights(path)).name).toBe('Tiny Llama');
  // Same size, same time, other words: only a second reading would see them.
  writeFileSync(path, buildGguf({ metadata: { 'general.name': text('Tiny Camel') } }));
  utimesSync(path, 1000, 1000);
  expect((await readWeights(path)).name).toBe('Tiny Llama');
  utimesSync(path, 2000, 2000);
  expect((await readWeights(path)).name).toBe('Tiny Camel');
  appendFileSync(path, 'more');
  expect((await readWeights(path)).sizeBytes).toBe(content.length + 4);
});

test.each([
  ['EACCES', 'weights_unreadable'],
  ['EIO', 'weights_io'],
  ['ENOENT', 'weights_not_found'],
  ['ELOOP', 'weights_dangling_link'],
])('what the system says, %s, becomes %s', (errno, code) => {
  const error = fileError('/x/y.gguf', Object.assign(new Error('words'), { code: errno }));
  expect(error.code).toBe(code);
  expect(error.message).toContain('/x/y.gguf');
});
