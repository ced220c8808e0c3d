import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../server/engine/resource.ts';
import { ensureHome, locateHome, runtimePrefix, type Home } from '../../server/lib/home.ts';
import { watchFolderSize } from '../../server/resources/package-tools/folder-size.ts';
import { readInstalled } from '../../server/resources/package-tools/installed.ts';
import {
  createNpm,
  npmArguments,
  npmEnv,
  packagesFor,
  progressOf,
} from '../../server/resources/package-tools/npm.ts';
import { findNpm } from '../../server/resources/package-tools/npm-program.ts';

const spec = { name: 'node-llama-cpp', version: '3.22.1' };

let home: Home;
beforeEach(() => {
  home = locateHome(mkdtempSync(join(tmpdir(), 'ailab-npm-')));
  ensureHome(home);
});
afterEach(() => rmSync(home.root, { recursive: true, force: true }));

describe('npm arguments', () => {
  it('name exactly two packages and neither optional ones nor scripts', () => {
    const args = npmArguments('/h/x.part', packagesFor(spec, 'linux', 'x64'));
    expect(args.slice(0, 3)).toEqual(['install', '--prefix', '/h/x.part']);
    expect(args).toEqual(
      expect.arrayContaining(['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund']),
    );
    expect(args.filter((arg) => arg.includes('@'))).toEqual([
      'node-llama-cpp@3.22.1',
      '@node-llama-cpp/linux-x64@3.22.1',
    ]);
  });

  it.each([
    ['linux', 'arm64', 'linux-arm64'],
    ['darwin', 'arm64', 'mac-arm64-metal'],
    ['darwin', 'x64', 'mac-x64'],
    ['win32', 'x64', 'win-x64'],
    ['win32', 'arm64', 'win-arm64'],
  ])('know the build of %s on %s', (platform, arch, build) => {
    expect(packagesFor(spec, platform, arch)[1]).toBe(`@node-llama-cpp/${build}@3.22.1`);
  });

  it('refuse a platform without a build by name', () => {
    expect(() => packagesFor(spec, 'freebsd', 'x64')).toThrow(/no build for freebsd on x64/);
  });
});

describe('npmEnv', () => {
  it('keeps registry, proxy and cache, and drops what would move the installation', () => {
    const kept = npmEnv({
      NODE_ENV: 'test',
      PATH: '/bin',
      HTTPS_PROXY: 'http://proxy',
      npm_config_registry: 'http://mirror',
      npm_config_cache: '/c',
      npm_config_global: 'true',
      npm_config_prefix: '/usr',
      npm_config_package: 'x',
      npm_lifecycle_event: 'start',
      npm_package_name: 'x',
    });
    expect(kept).toEqual({
      NODE_ENV: 'test',
      PATH: '/bin',
      HTTPS_PROXY: 'http://proxy',
      npm_config_registry: 'http://mirror',
      npm_config_cache: '/c',
    });
  });
});

describe('findNpm', () => {
  const place = (...path: string[]) => {
    const file = join(home.root, ...path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '', { mode: 0o755 });
    return file;
  };
  const look = (env: Record<string, string>, nodePath = join(home.root, 'node', 'bin', 'node')) =>
    findNpm({ env: { NODE_ENV: 'test', PATH: '', ...env }, nodePath, platform: 'linux' });

  it('takes the npm that runs us, but not a pnpm that says it is one', () => {
    const cli = place('elsewhere', 'npm-cli.js');
    expect(look({ npm_execpath: cli })?.args).toEqual([cli]);
    expect(look({ npm_execpath: place('elsewhere', 'pnpm.cjs') })).toBeUndefined();
    expect(look({ npm_execpath: '/gone/npm-cli.js' })).toBeUndefined();
  });

  it('else the one beside node, else the one on the PATH, run by our own node', () => {
    const onPath = place('bin', 'npm');
    expect(look({ PATH: join(home.root, 'bin') })).toEqual({ file: onPath, args: [] });
    const nodePath = join(home.root, 'node', 'bin', 'node');
    place('node', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
    expect(look({ PATH: join(home.root, 'bin') })?.file).toBe(nodePath);
  });
});

describe('progress', () => {
  it('is in bytes as soon as there are some, and never over its total', () => {
    expect(progressOf(17)).not.toHaveProperty('done');
    expect(progressOf(40_000_000)).toMatchObject({ unit: 'bytes', done: 40_000_000 });
    const over = progressOf(1e9);
    expect(over.done).toBe(over.total);
  });

  it('follows the folder, nested files included, until it is stopped', async () => {
    const sizes: number[] = [];
    const watching = watchFolderSize(
      home.root,
      (bytes) => sizes.push(bytes),
      new AbortController().signal,
      1,
    );
    await expect.poll(() => sizes.at(-1), { interval: 2 }).toBe(0);
    mkdirSync(join(home.runtimes, 'deep'));
    writeFileSync(join(home.runtimes, 'deep', 'file'), 'x'.repeat(1000));
    await expect.poll(() => sizes.at(-1), { interval: 2 }).toBe(1000);
    watching.stop();
  });
});

describe.skipIf(process.platform === 'win32')('installing', () => {
  /** A stand-in for npm-cli.js, in shell because that starts faster: it puts the packages down, then does `script`. */
  function npmThat(script: string) {
    const cli = join(home.root, 'npm-cli.js');
    writeFileSync(
      cli,
      `while [ "$1" != --prefix ]; do shift; done; prefix=$2
       for spec; do case $spec in *@*)
         name=\${spec%@*}; mkdir -p "$prefix/node_modules/$name"
         printf '{"name":"%s","version":"%s"}' "$name" "\${spec##*@}" >"$prefix/node_modules/$name/package.json";;
       esac; done
       ${script}`,
    );
    const env = { NODE_ENV: 'test' as const, PATH: process.env['PATH'], npm_execpath: cli };
    return createNpm({ home, env, nodePath: '/bin/sh', platform: 'linux', arch: 'x64' });
  }
  const install = (npm: ReturnType<typeof createNpm>, signal = new AbortController().signal) => {
    const told: Progress[] = [];
    return npm.install(spec, { signal, report: (progress) => told.push(progress) }).then(() => told);
  };

  it('ends in a complete prefix, with no leftovers, also of an earlier kill', async () => {
    mkdirSync(join(home.runtimes, 'node-llama-cpp-3.20.0.part'));
    const told = await install(npmThat(''));
    expect(readdirSync(home.runtimes)).toEqual(['node-llama-cpp-3.22.1']);
    expect(readInstalled(home)).toMatchObject([{ version: '3.22.1', problem: null }]);
    expect(told[0]).toEqual({ message: expect.stringContaining('registry') });
  });

  it('replaces a broken installation, and keeps it when the new one fails', async () => {
    const marker = join(runtimePrefix(home, '3.22.1'), 'broken');
    mkdirSync(marker, { recursive: true });
    const failing = npmThat('echo "npm error 404 Not Found" >&2; exit 1');
    await expect(install(failing)).rejects.toMatchObject({
      code: 'install_failed',
      message: expect.stringMatching(/exit code 1.*404 Not Found/),
    });
    expect(readdirSync(home.runtimes)).toEqual(['node-llama-cpp-3.22.1']);
    expect(existsSync(marker)).toBe(true);
    await install(npmThat(''));
    expect(existsSync(marker)).toBe(false);
  });

  it('leaves nothing when it is cancelled', async () => {
    const npm = npmThat('touch "$prefix/running"; sleep 60');
    const cancel = new AbortController();
    const installing = install(npm, cancel.signal);
    while (!existsSync(join(home.runtimes, 'node-llama-cpp-3.22.1.part', 'running')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    cancel.abort();
    await expect(installing).rejects.toThrow(/abort/i);
    expect(readdirSync(home.runtimes)).toEqual([]);
  });
});
