import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isLabError } from '../../lib/errors.ts';
import { array, buildGguf, num, text, type FixtureOptions } from './gguf-fixture.ts';
import { readGgufHeader } from './gguf-header.ts';

const folder = mkdtempSync(join(tmpdir(), 'ailab-gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: Buffer): string {
  const path = join(folder, `${(files += 1)}.gguf`);
  writeFileSync(path, content);
  return path;
}

async function codeOf(content: Buffer): Promise<string> {
  try {
    await readGgufHeader(file(content));
    return 'sound';
  } catch (error) {
    if (!isLabError(error)) throw error;
    expect(error.message).not.toBe('');
    expect(error.fix).not.toBe('');
    return error.code;
  }
}

const SHAPE = {
  vocabulary: 200,
  merges: null,
  feedForward: null,
  layerHeadsKv: null,
  slidingWindow: null,
  slidingPattern: null,
  slidingKeyLength: null,
  slidingValueLength: null,
  sharedKvLayers: null,
  ssm: null,
};

test('reads what the header says', async () => {
  const content = buildGguf();
  expect(await readGgufHeader(file(content))).toEqual({
    version: 3,
    sizeBytes: content.length,
    type: 'model',
    architecture: 'llama',
    name: 'Tiny Llama',
    licence: 'apache-2.0',
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
    tensors: 2,
    parameters: 64 * 32 + 64,
    repackedBytes: 0,
    shape: SHAPE,
    split: null,
  });
});

test('reads version 2, per-layer lists, other integer types, and a template that is not there', async () => {
  const header = await readGgufHeader(
    file(
      buildGguf({
        version: 2,
        metadata: {
          'llama.attention.head_count_kv': array([num('u32', 2), num('u32', 8), num('u32', 4)]),
          'llama.attention.sliding_window': num('u32', 512),
          'llama.attention.sliding_window_pattern': array([num('bool', 1), num('bool', 0), num('bool', 1)]),
          'llama.attention.key_length': num('u64', 128),
          'llama.context_length': num('u64', 131_072),
          'general.file_type': num('u32', 1024 + 7),
          'tokenizer.chat_template': undefined,
          'general.name': undefined,
        },
      }),
    ),
  );
  expect(header).toMatchObject({
    version: 2,
    headCountKv: 8,
    shape: { ...SHAPE, layerHeadsKv: [2, 8, 4], slidingWindow: 512, slidingPattern: [1, 0, 1] },
    keyLength: 128,
    contextLength: 131_072,
    quantization: 'Q8_0',
    hasChatTemplate: false,
    name: null,
  });
});

test('an unknown file type is null, a name that would move the cursor is made plain', async () => {
  const header = await readGgufHeader(
    file(
      buildGguf({
        metadata: { 'general.file_type': num('u32', 999), 'general.name': text('a\u001B[2Jb\u202Ec') },
      }),
    ),
  );
  expect(header.quantization).toBeNull();
  expect(header.name).toBe('a?[2Jb?c');
});

test('a tensor of unknown type is not measured, but its data must begin in the file', async () => {
  const tensors = [{ name: 'x', dims: [64], type: 77 }];
  expect(await codeOf(buildGguf({ tensors }))).toBe('sound');
  expect(
    await codeOf(buildGguf({ tensors: [{ name: 'x', dims: [64], type: 77, offset: 1e9 - (1e9 % 32) }] })),
  ).toBe('weights_truncated');
});

/** Under 2 KB, so that most bytes of it matter. */
const small: FixtureOptions = {
  metadata: {
    'tokenizer.ggml.tokens': array([text('a'), text('b')]),
    'tokenizer.ggml.token_type': array([num('i32', 1), num('i32', 1)]),
  },
  tensors: [
    { name: 'token_embd.weight', dims: [32, 4], type: 8 },
    { name: 'output_norm.weight', dims: [32] },
  ],
};

const deep = array([array([array([array([num('u8', 1)])])])]);
const unsound: [string, string, FixtureOptions][] = [
  ['another magic', 'weights_not_gguf', { magic: 'GGML' }],
  ['version 1', 'weights_version', { version: 1 }],
  ['version 4', 'weights_version', { version: 4 }],
  ['big-endian', 'weights_big_endian', { version: 0x03_00_00_00 }],
  ['more metadata than possible', 'weights_corrupt', { pairCount: 65_537 }],
  ['huge tensor count', 'weights_corrupt', { tensorCount: 0xff_ff_ff_ff_ff_ff_ff_ffn }],
  ['more tensors than the file has room for', 'weights_truncated', { tensorCount: 100_000 }],
  ['five dimensions', 'weights_corrupt', { tensors: [{ name: 'x', dims: [1, 1, 1, 1, 1] }] }],
  [
    'dimensions that overflow',
    'weights_corrupt',
    { tensors: [{ name: 'x', dims: [2 ** 40, 2 ** 40], offset: 0 }] },
  ],
  ['a row that is not whole blocks', 'weights_corrupt', { tensors: [{ name: 'x', dims: [16, 2], type: 8 }] }],
  ['data off its alignment', 'weights_corrupt', { tensors: [{ name: 'x', dims: [8], offset: 7 }] }],
  ['data past the end', 'weights_truncated', { tensors: [{ name: 'x', dims: [8], offset: 1_048_576 }] }],
  [
    'an alignment that is no power of two',
    'weights_corrupt',
    { metadata: { 'general.alignment': num('u32', 33) } },
  ],
  ['an alignment of 0', 'weights_corrupt', { metadata: { 'general.alignment': num('u32', 0) } }],
  ['an unknown value type', 'weights_corrupt', { metadata: { odd: { type: 13, bytes: Buffer.alloc(8) } } }],
  ['lists nested too deep', 'weights_corrupt', { metadata: { deep } }],
  [
    'a list of 2^40',
    'weights_corrupt',
    { metadata: { long: { type: 9, bytes: Buffer.from('040000000000000000010000', 'hex') } } },
  ],
  [
    'a text of 17 MB',
    'weights_corrupt',
    { metadata: { long: { type: 8, bytes: Buffer.from('0000100100000000', 'hex') } } },
  ],
  [
    'a vocabulary entry of 17 MB',
    'weights_corrupt',
    {
      metadata: { long: { type: 9, bytes: Buffer.from('0800000001000000000000000000100100000000', 'hex') } },
    },
  ],
];
test.each(unsound)('refuses %s with %s', async (_what, code, options) => {
  expect(await codeOf(buildGguf(options))).toBe(code);
});

test('says how many bytes are missing', async () => {
  const content = buildGguf();
  const error = await readGgufHeader(file(content.subarray(0, content.length - 100))).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'weights_truncated',
    details: { expected: content.length, actual: content.length - 100 },
  });
});

test('refuses the file cut off at any place', async () => {
  const content = buildGguf(small);
  for (let length = 0; length < content.length; length += 37) {
    const code = await codeOf(content.subarray(0, length));
    expect(code, `at ${length}`).toBe(length < 4 ? 'weights_not_gguf' : 'weights_truncated');
  }
});

test.skipIf(process.platform === 'win32')(
  'a pipe is refused, not waited for',
  { timeout: 2000 },
  async () => {
    const pipe = join(folder, 'pipe.gguf');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    await expect(readGgufHeader(pipe)).rejects.toMatchObject({ code: 'weights_not_a_file' });
  },
);

test('a vocabulary over many buffers is passed over', async () => {
  const tokens = array(
    Array.from({ length: 10_000 }, (_, index) =>
      text(`a rather long token, so that few are needed ${index}`),
    ),
  );
  const header = await readGgufHeader(file(buildGguf({ metadata: { 'tokenizer.ggml.tokens': tokens } })));
  expect(header.parameters).toBe(2112);
});

test('a text longer than the buffer is passed over', async () => {
  const path = file(buildGguf({ metadata: { 'tokenizer.chat_template': text('x'.repeat(600_000)) } }));
  expect((await readGgufHeader(path)).hasChatTemplate).toBe(true);
  truncateSync(path, 500_000);
  await expect(readGgufHeader(path)).rejects.toMatchObject({ code: 'weights_truncated' });
});

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('200 mutations: a LabError or a sound header, nothing else', async () => {
  const original = buildGguf(small);
  const next = random(20_261_122);
  const extremes = [0n, 1n, 0x7f_ff_ff_ffn, 0xff_ff_ff_ffn, 0x10_00_00_00_00n, 0xff_ff_ff_ff_ff_ff_ff_ffn];
  const seen = new Map<string, number>();
  for (let round = 0; round < 200; round += 1) {
    const content = Buffer.from(original);
    for (let edits = 1 + Math.floor(next() * 3); edits > 0; edits -= 1) {
      const at = Math.floor(next() * (content.length - 8));
      if (next() < 0.5) content[at] = Math.floor(next() * 256);
      else content.writeBigUInt64LE(extremes[Math.floor(next() * extremes.length)] ?? 0n, at);
    }
    const code = await codeOf(
      next() < 0.1 ? content.subarray(0, Math.floor(next() * content.length)) : content,
    );
    seen.set(code, (seen.get(code) ?? 0) + 1);
  }
  expect([...seen.keys()].every((code) => code === 'sound' || code.startsWith('weights_'))).toBe(true);
  // The mutations reach what they are meant to reach.
  expect(seen.get('weights_corrupt') ?? 0).toBeGreaterThan(20);
  expect(seen.get('weights_truncated') ?? 0).toBeGreaterThan(20);
});
