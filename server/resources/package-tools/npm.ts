/**
 * npm, into a prefix of its own inside the home: exactly node-llama-cpp and the CPU build of this platform, no
 * optional dependency (725 MB of CUDA, Vulkan and foreign builds) and no install script.
 */
import { rename, rm } from 'node:fs/promises';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../engine/resource.ts';
import { LabError } from '../../lib/errors.ts';
import { exec } from '../../lib/exec.ts';
import { homeError, runtimePrefix, type Home } from '../../lib/home.ts';
import { watchFolderSize } from './folder-size.ts';
import { readInstalled } from './installed.ts';
import { findNpm } from './npm-program.ts';
import { installFailed, type PackageManager, type PackageSpec } from './package-manager.ts';

export const NODE_LLAMA_CPP = 'node-llama-cpp';
/** On disk after the installation, measured for linux-x64; the others differ by a few MB. */
export const ABOUT_BYTES = 80_400_000;
/** Over the network into an empty cache, npm's questions to the registry included; measured for linux-x64. */
export const ABOUT_DOWNLOAD_BYTES = 66_000_000;
const HALF_MADE = '.part';

export interface NpmOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  nodePath: string;
  platform: NodeJS.Platform;
  arch: string;
}

export function createNpm(options: NpmOptions): PackageManager {
  const { home, env } = options;
  return {
    id: 'npm',
    available: async () => findNpm(options) !== undefined,
    async installed() {
      const complete = readInstalled(home).filter(({ problem }) => problem === null);
      return new Map(complete.map(({ folder, version }) => [folder, version]));
    },
    async install(spec, context) {
      const npm = findNpm(options);
      if (npm === undefined) throw npmMissing();
      const target = runtimePrefix(home, spec.version ?? '');
      const staging = `${target}${HALF_MADE}`;
      try {
        await clearHalfMade(home);
        mkdirSync(staging, { recursive: true });
        writeFileSync(join(staging, 'package.json'), '{"private":true}\n');
      } catch (error) {
        throw homeError(home.root, error);
      }
      const packages = packagesFor(spec, options.platform, options.arch);
      const tell = (bytes: number) => context.report(progressOf(bytes));
      tell(0);
      const watching = watchFolderSize(staging, tell, context.signal);
      try {
        const args = [...npm.args, ...npmArguments(staging, packages)];
        const result = await exec(npm.file, args, {
          cwd: staging,
          env: npmEnv(env),
          signal: context.signal,
        });
        if (result.code !== 0) throw installFailed('npm', spec, result, FIX);
        await rm(target, { recursive: true, force: true });
        await rename(staging, target);
      } finally {
        watching.stop();
        await rm(staging, { recursive: true, force: true });
      }
    },
  };
}

const FIX =
  'Check the network and the registry (`npm config get registry`), then run the same command again; or put a llama-server on the PATH.';

/** The names are those of node-llama-cpp's own optional dependencies. */
const BUILDS: Record<string, string> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

export function packagesFor(spec: PackageSpec, platform: string, arch: string): string[] {
  const build = BUILDS[`${platform}-${arch}`];
  if (build === undefined) {
    throw new LabError({
      code: 'platform_unsupported',
      message: `${NODE_LLAMA_CPP} has no build for ${platform} on ${arch}.`,
      fix: 'Put a llama-server built for this machine on the PATH.',
      status: 409,
    });
  }
  return [`${NODE_LLAMA_CPP}@${spec.version}`, `@node-llama-cpp/${build}@${spec.version}`];
}

export function npmArguments(prefix: string, packages: readonly string[]): string[] {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-progress', '--loglevel=error'];
  return [
    'install',
    '--prefix',
    prefix,
    '--omit=optional',
    '--ignore-scripts',
    '--save-exact',
    ...quiet,
    ...packages,
  ];
}

/** Started by npx or npm we inherit its settings; those that would move or widen the installation are dropped. */
export function npmEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const dropped =
    /^npm_(lifecycle|package)_|^npm_config_(global|prefix|local_prefix|workspaces?|omit|include|package|location|dry_run|save.*)$/i;
  const kept: NodeJS.ProcessEnv = { NODE_ENV: 'production' };
  for (const [name, value] of Object.entries(env)) if (!dropped.test(name)) kept[name] = value;
  return kept;
}

/** npm first asks the registry about a hundred packages, and only then writes. */
export function progressOf(bytes: number): Progress {
  if (bytes < 100_000) return { message: 'npm is asking the registry for the packages' };
  const done = Math.min(bytes, ABOUT_BYTES);
  return { message: `Installing ${NODE_LLAMA_CPP}`, done, total: ABOUT_BYTES, unit: 'bytes' };
}

/** What an installation that was killed has left. */
async function clearHalfMade(home: Home): Promise<void> {
  for (const name of readdirSync(home.runtimes))
    if (name.endsWith(HALF_MADE)) await rm(join(home.runtimes, name), { recursive: true, force: true });
}

export function npmMissing(): LabError {
  return new LabError({
    code: 'npm_not_found',
    message:
      'npm is needed to bring the embedded runtime, and was found neither beside node nor on the PATH.',
    fix: 'Install npm (it comes with Node.js from nodejs.org), or put a llama-server on the PATH.',
    status: 409,
  });
}
