import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../server/engine/resource.ts';
import { ensureHome, locateHome, type Home } from '../../server/lib/home.ts';
import { DEFAULT_PORTS } from '../../server/schemas/config-defaults.ts';
import type { Lab, RuntimeChoice } from '../../server/schemas/lab.ts';
import { createPackageTools } from '../../server/resources/package-tools/resource.ts';

const OURS: RuntimeChoice = { kind: 'node-llama-cpp', version: '3.22.1' };
const FOUND: RuntimeChoice = { kind: 'llama-server', path: '/bin/llama-server', version: '0.7.0' };

let home: Home;
beforeEach(() => {
  home = locateHome(mkdtempSync(join(tmpdir(), 'ailab-tools-')));
  ensureHome(home);
});
afterEach(() => rmSync(home.root, { recursive: true, force: true }));

const signal = new AbortController().signal;
const labWith = (runtime: RuntimeChoice, engine: Lab['engine'] = 'embedded'): Lab => ({
  project: 'ai-lab',
  engine,
  engineReason: '',
  profile: 'default',
  weights: { kind: 'none' },
  weightsPath: null,
  modelName: 'm',
  contextSize: 512,
  modelPort: 18080,
  threads: 1,
  stack: { services: [], ports: DEFAULT_PORTS, images: {} },
  runtime,
});
const tools = (lab: Lab) => createPackageTools({ home, env: { NODE_ENV: 'test', PATH: '' }, lab });

function put(version: string, main: string | null = version, build: string | null = version): void {
  const modules = join(home.runtimes, `node-llama-cpp-${version}`, 'node_modules');
  for (const [name, text] of [
    ['node-llama-cpp', main],
    ['@node-llama-cpp/linux-x64', build],
  ] as const) {
    if (text === null) continue;
    mkdirSync(join(modules, name), { recursive: true });
    const json = text.startsWith('{') ? text : JSON.stringify({ name, version: text });
    writeFileSync(join(modules, name, 'package.json'), json);
  }
}

describe('desired', () => {
  it('is the runtime package only where our own worker is to run', () => {
    expect(tools(labWith(OURS)).desired(labWith(OURS))).toEqual([
      { name: 'node-llama-cpp', domain: 'package', manager: 'npm', meta: { version: '3.22.1' } },
    ]);
    expect(tools(labWith(FOUND)).desired(labWith(FOUND))).toEqual([]);
    expect(tools(labWith(OURS)).desired(labWith(OURS, 'docker'))).toEqual([]);
  });

  it('is a system package where a llama-server was asked for and none is there yet', () => {
    const lab = labWith({ kind: 'llama-server', path: 'llama-server', version: null });
    expect(tools(lab).desired(lab)).toMatchObject([{ domain: 'package', meta: {} }]);
  });
});

describe('actual', () => {
  it('is empty in a new home, and ignores what is not ours or half-made', async () => {
    mkdirSync(join(home.runtimes, 'something-else'));
    mkdirSync(join(home.runtimes, 'node-llama-cpp-3.22.1.part'));
    expect(await tools(labWith(OURS)).actual(signal)).toEqual([]);
  });

  it('gives the wanted version the name of the package, and others that of their folder', async () => {
    put('3.22.1');
    put('3.20.0');
    const names = async (lab: Lab) => (await tools(lab).actual(signal)).map(({ name }) => name);
    expect(await names(labWith(OURS))).toEqual(['node-llama-cpp-3.20.0', 'node-llama-cpp']);
    expect(await names(labWith(FOUND))).toEqual(['node-llama-cpp-3.20.0', 'node-llama-cpp-3.22.1']);
  });

  it.each([
    ['no package.json', () => put('3.22.1', null), 'package.json is missing'],
    ['a truncated package.json', () => put('3.22.1', '{"name":"node-ll'), "can't be read"],
    ['a package.json without a version', () => put('3.22.1', '{"name":"x"}'), 'no name and version'],
    ['another version inside', () => put('3.22.1', '3.21.0'), 'version 3.21.0'],
    ['no build for the platform', () => put('3.22.1', '3.22.1', null), 'build for this platform is missing'],
    ['a build of another version', () => put('3.22.1', '3.22.1', '3.0.0'), 'is version 3.0.0'],
  ])('calls an installation with %s incomplete, so that it drifts', async (_name, make, why) => {
    make();
    const [item] = await tools(labWith(OURS)).actual(signal);
    expect(item).toMatchObject({ name: 'node-llama-cpp', meta: { version: null } });
    expect(item?.error).toContain(why);
  });
});

describe('check and apply', () => {
  it('asks for npm before anything is changed', async () => {
    const nodePath = join(home.root, 'bin', 'node');
    const env = { NODE_ENV: 'test' as const, PATH: '' };
    const bare = createPackageTools({ home, env, lab: labWith(OURS), nodePath });
    const [item] = bare.desired(labWith(OURS));
    const check = (changes: Change[]) => bare.check?.(labWith(OURS), changes, signal);
    await expect(check([{ kind: 'create', item: item! }])).rejects.toMatchObject({ code: 'npm_not_found' });
    await expect(check([])).resolves.toBeUndefined();
  });

  it('removes a version with its folder and nothing else', async () => {
    put('3.22.1');
    put('3.20.0');
    const resource = tools(labWith(OURS));
    const [old] = await resource.actual(signal);
    await resource.apply({ kind: 'remove', item: old! }, { signal, report: () => undefined });
    expect(readdirSync(home.runtimes)).toEqual(['node-llama-cpp-3.22.1']);
  });
});
