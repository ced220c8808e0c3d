/** A thousand GGUF files that are not sound, each made so on purpose: every one ends in a named error, soon and cheaply. */
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isLabError } from '../../server/lib/errors.ts';
import { locateHome } from '../../server/lib/home.ts';
import { readWeights } from '../../server/resources/model-weights/facts.ts';
import {
  array,
  buildGguf,
  num,
  text,
  type FixtureOptions,
  type Value,
} from '../../server/resources/model-weights/gguf-fixture.ts';
import { takeInventory } from '../../server/resources/model-weights/inventory.ts';

const folder = mkdtempSync(join(tmpdir(), 'ailab-bad-'));
const elsewhere = mkdtempSync(join(tmpdir(), 'ailab-bad-'));
afterAll(() => {
  for (const made of [folder, elsewhere]) rmSync(made, { recursive: true, force: true });
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

const next = random(20_261_122);
const below = (most: number) => Math.floor(next() * most);
const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;
const bytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));
const u32 = (value: number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
};
const u64 = (value: bigint) => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
};
/** Far over everything that a header may hold, up to the last one. */
const huge = () =>
  pick([
    0x7f_ff_ff_ffn * 8n,
    0x10_00_00_00_00n,
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
    2n ** 40n + BigInt(below(1e9)),
  ]);
const NASTY = [
  '\u0000',
  '\u001B[2J\u001B]0;x\u0007',
  '\u202Eevil',
  '\r\n',
  '\uD800',
  '../../etc/passwd',
  '\u2028',
];
/** What may stand around the fault, so that it is not always found in the same place. */
const around = (): Record<string, Value> =>
  Object.fromEntries(
    Array.from({ length: below(4) }, (_, index) => [
      `x.${pick(NASTY)}${index}`,
      pick([num('u8', 1), text(pick(NASTY)), num('f64', 1.5), array([text('a'), text(pick(NASTY))])]),
    ]),
  );
const bad = (metadata: Record<string, Value | undefined>, over: FixtureOptions = {}) =>
  buildGguf({ ...over, metadata: { ...around(), ...metadata } });
const raw = (type: number, content: Buffer): Value => ({ type, bytes: content });
const nested = (depth: number): Value =>
  depth === 0 ? array([num('u8', 1)]) : array(Array.from({ length: 1 + below(2) }, () => nested(depth - 1)));

/** How many of each; together a thousand. */
const KINDS: [string, number, () => Buffer][] = [
  ['cut off', 250, () => pick([buildGguf(), bad({})]).subarray(0, -1 - below(8000))],
  [
    'a count of tensors',
    70,
    () => buildGguf({ tensorCount: pick([huge(), 131_073n, BigInt(131_073 + below(1e6))]) }),
  ],
  [
    'a count of pairs',
    70,
    () => buildGguf({ pairCount: pick([huge(), 65_537n, BigInt(65_537 + below(1e6))]) }),
  ],
  [
    'the length of a text',
    80,
    () => bad({ [`k${below(9)}`]: raw(8, Buffer.concat([u64(huge()), bytes(below(40))])) }),
  ],
  [
    'the length of a key',
    50,
    () => {
      const content = buildGguf();
      // Magic, version and two counts come before the first key.
      content.writeBigUInt64LE(pick([huge(), 0n, 65_536n]), 24);
      return content;
    },
  ],
  [
    'the length of a list',
    80,
    () =>
      bad({ list: raw(9, Buffer.concat([u32(pick([0, 4, 6, 8, 10, 12])), u64(huge()), bytes(below(40))])) }),
  ],
  ['lists in lists', 50, () => bad({ deep: nested(3 + below(9)) })],
  [
    'a list of unknown things',
    40,
    () => bad({ list: raw(9, Buffer.concat([u32(13 + below(2 ** 31)), u64(BigInt(1 + below(99)))])) }),
  ],
  ['an unknown type', 60, () => bad({ odd: raw(13 + below(2 ** 31), bytes(below(16))) })],
  [
    'another version',
    40,
    () => buildGguf({ version: pick([0, 1, 4, 5, 0x02_00_00_00, 0x03_00_00_00, 4 + below(2 ** 31)]) }),
  ],
  [
    'another magic',
    40,
    () =>
      pick([
        () => Buffer.concat([Buffer.from('GGUf'), bytes(below(400))]),
        () => Buffer.concat([Buffer.from([0x47, 0x47, 0x00]), bytes(below(400))]),
        () => Buffer.alloc(0),
        () => Buffer.from('<!doctype html><title>403</title>'),
        () => Buffer.from(`\uFEFF${'GGUF'.repeat(below(50))}`, 'utf16le'),
        () => Buffer.from('{"error":"Repository not found"}'),
        () => Buffer.alloc(below(5000)),
        () => Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
      ])(),
  ],
  ['an alignment', 40, () => bad({ 'general.alignment': num('u32', pick([0, 3, 33, 65_537, 2 ** 31 - 1])) })],
  [
    'dimensions',
    50,
    () =>
      bad(
        {},
        {
          tensors: [
            pick([
              { name: 'x', dims: [2 ** 40, 2 ** 40], offset: 0 },
              { name: 'x', dims: [2 ** 52, 3], offset: 0 },
              { name: 'x', dims: [1, 1, 1, 1, 1], offset: 0 },
              { name: 'x', dims: Array.from({ length: 5 + below(60) }, () => 1), offset: 0 },
              { name: 'x', dims: [31, 2], type: 8, offset: 0 },
              { name: pick(NASTY), dims: [2 ** 30, 2 ** 20], offset: 0 },
            ]),
          ],
        },
      ),
  ],
  [
    'places of data',
    40,
    () =>
      bad(
        {},
        {
          tensors: [
            { name: 'x', dims: [8], offset: pick([7, 33, 2 ** 45, 2 ** 52, 2 ** 53 - 32, 1_048_576]) },
          ],
        },
      ),
  ],
  [
    'no model',
    40,
    () =>
      pick([
        () => bad({ 'general.architecture': undefined }),
        () => bad({ 'general.architecture': num('u32', 7) }),
        () => bad({ 'general.architecture': array([text('llama')]) }),
        () => bad({ 'general.type': text('mmproj') }),
        () => bad({ 'general.type': text('imatrix') }),
        () => bad({}, { tensors: [] }),
        () => bad({ 'split.count': num('u16', 2 + below(60_000)), 'split.no': num('u16', 0) }),
      ])(),
  ],
];

/** Names, sizes, times and contents of all that is there. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).toSorted()) {
    const info = lstatSync(join(folder, name));
    hash.update(`${name} ${info.size} ${info.mtimeMs} ${info.ctimeMs} ${info.mode} ${info.ino} `);
    hash.update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

const files: { kind: string; path: string }[] = [];
let before = '';
beforeAll(() => {
  for (const [kind, count, make] of KINDS)
    for (let index = 0; index < count; index += 1) {
      const path = join(folder, `${String(files.length).padStart(4, '0')}.gguf`);
      writeFileSync(path, make());
      files.push({ kind, path });
    }
  before = fingerprint();
});

test('a thousand bad headers: a thousand named errors, none slower than a second, no memory kept, nothing written', async () => {
  expect(files).toHaveLength(1000);
  const codes = new Map<string, number>();
  const wrong: string[] = [];
  let slowest = 0;
  globalThis.gc?.();
  const memory = process.memoryUsage().rss;
  let most = 0;
  for (const { kind, path } of files) {
    const begun = performance.now();
    const error: unknown = await readWeights(path).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    slowest = Math.max(slowest, performance.now() - begun);
    most = Math.max(most, process.memoryUsage().rss - memory);
    if (!isLabError(error) || !error.code.startsWith('weights_')) {
      wrong.push(`${kind} ${path}: ${String(error)}`);
      continue;
    }
    codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u001F\u007F-\u009F\u202E\u2028]/.test(error.message + error.fix))
      wrong.push(`${kind}: ${error.message}`);
    if (error.fix === '' || !error.message.includes(path))
      wrong.push(`${kind} says too little: ${error.message}`);
  }
  expect(wrong).toEqual([]);
  expect(slowest).toBeLessThan(1000);
  // One buffer of 256 KB at a time, and what the collector has not yet taken back.
  expect(most).toBeLessThan(150e6);
  expect(fingerprint()).toBe(before);
  // The faults reach what they are meant to reach.
  expect([...codes.keys()].toSorted()).toEqual([
    'weights_big_endian',
    'weights_corrupt',
    'weights_not_gguf',
    'weights_parts_missing',
    'weights_sidecar',
    'weights_truncated',
    'weights_version',
    'weights_zero_bytes',
  ]);
});

test('gigabytes of nothing behind a header that promises lists, texts or tensors: still no second of work', async () => {
  const list = (type: number, count: bigint) => Buffer.concat([u32(type), u64(count)]);
  const promises: [string, Value | null][] = [
    ['lists', raw(9, list(9, 16_000_000n))],
    ['lists in lists', raw(9, Buffer.concat([list(9, 60_000n), list(9, 200n)]))],
    ['texts', raw(9, list(8, 16_000_000n))],
    ['numbers', raw(9, list(4, 16_000_000n))],
    ['pairs', null],
  ];
  for (const [what, value] of promises) {
    const path = join(elsewhere, 'huge.gguf');
    const content = buildGguf({
      own: true,
      ...(value === null ? { pairCount: 65_536 } : { metadata: { 'x.y': value } }),
    });
    // Up to the promise; behind it the file is a hole of 8 GB, which reads as zeros and takes no room.
    writeFileSync(path, content.subarray(0, value === null ? 24 : 24 + 8 + 3 + 4 + value.bytes.length));
    truncateSync(path, 8e9);
    const begun = process.cpuUsage();
    await expect(readWeights(path), what).rejects.toMatchObject({
      code: expect.stringMatching(/^weights_/) as string,
    });
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1e6, `seconds of processor time for ${what}`).toBeLessThan(1);
    rmSync(path);
  }
});

test('in the inventory they are a thousand entries with their errors', async () => {
  const { list } = await takeInventory(
    {
      home: locateHome(join(folder, 'nowhere')),
      env: { NODE_ENV: 'test', HF_HUB_CACHE: join(folder, 'no-cache') },
      folders: [{ path: folder, depth: 0 }],
      configured: null,
      lastRequests: new Map(),
      servedAs: 'none',
    },
    new AbortController().signal,
  );
  expect(list.entries).toHaveLength(1000);
  expect(list.entries.filter(({ error }) => error === null)).toEqual([]);
  expect(fingerprint()).toBe(before);
});
