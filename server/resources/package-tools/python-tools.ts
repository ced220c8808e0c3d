/** What uv, pipx and pip share: each brings a Python program into an environment of its own below `<home>/tools`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplyContext } from '../../engine/resource.ts';
import { exec } from '../../lib/exec.ts';
import type { Home } from '../../lib/home.ts';
import { watchFolderSize } from './folder-size.ts';
import { installFailed, type PackageManager, type PackageSpec } from './package-manager.ts';

export interface PythonTools extends PackageManager {
  /** `installed`, for who can't wait: it is the disk that is asked. */
  there(): Map<string, string>;
  /** Where a program of an installed package is, whether or not it is there. */
  program(name: string, command: string): string;
}

export interface PythonToolsOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
}

/** PEP 503: one name, however it is written. */
export function normalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

export function requirement({ name, version }: PackageSpec): string {
  return version === null ? name : `${name}==${version}`;
}

const WINDOWS = process.platform === 'win32';

export function programIn(folder: string, command: string): string {
  return join(folder, WINDOWS ? `${command}.exe` : command);
}

export function binOfVenv(venv: string): string {
  return join(venv, WINDOWS ? 'Scripts' : 'bin');
}

/** Packages with an environment of their own in a folder, name to version, read from the disk alone. */
export function installedIn(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of list(folder)) {
    const version = versionIn(join(folder, name), name);
    if (version !== null) found.set(normalName(name), version);
  }
  return found;
}

/** A distribution says its version in the name of its `.dist-info` folder. */
function versionIn(venv: string, name: string): string | null {
  const libraries = WINDOWS
    ? [join(venv, 'Lib')]
    : list(join(venv, 'lib')).map((python) => join(venv, 'lib', python));
  for (const library of libraries) {
    for (const entry of list(join(library, 'site-packages'))) {
      const match = /^(.+)-([^-]+)\.dist-info$/.exec(entry);
      if (match?.[1] !== undefined && normalName(match[1]) === normalName(name)) return match[2] ?? null;
    }
  }
  return null;
}

function list(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const LEADS_ELSEWHERE =
  /^(PIP_(USER|TARGET|PREFIX|ROOT|DRY_RUN|REQUIRE_VIRTUALENV|PYTHON|NO_BINARY|CONSTRAINT)|UV_(TOOL|PROJECT|PYTHON$|SYSTEM|CONSTRAINT|OVERRIDE).*|PIPX_.*|VIRTUAL_ENV|PYTHONHOME)$/;
const SECRET = /^(HF_TOKEN|HUGGING_FACE_HUB_TOKEN)$/;

/** The user's indexes, proxies and certificates stay; what would move the installation goes, and tokens are none of its business. */
export function installEnv(env: NodeJS.ProcessEnv, own: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = { NODE_ENV: 'production' };
  for (const [name, value] of Object.entries(env))
    if (!LEADS_ELSEWHERE.test(name) && !SECRET.test(name)) kept[name] = value;
  return { ...kept, PIP_DISABLE_PIP_VERSION_CHECK: '1', NO_COLOR: '1', ...own };
}

export interface Installation {
  id: string;
  spec: PackageSpec;
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Grows meanwhile. */
  folder: string;
}

/** Runs the installer; what it says last is what the user reads when it fails. */
export async function runInstaller(installation: Installation, context: ApplyContext): Promise<void> {
  const { id, spec, program, args, env, folder } = installation;
  const message = `${id} is installing ${requirement(spec)}`;
  context.report({ message });
  const tell = (done: number) => context.report({ message, done, unit: 'bytes' });
  const watching = watchFolderSize(folder, tell, context.signal);
  try {
    const result = await exec(program, args, { env, signal: context.signal });
    if (result.code !== 0) throw installFailed(id, spec, result, FIX);
  } finally {
    watching.stop();
  }
}

const FIX =
  'Check the network and the package index (PIP_INDEX_URL, UV_DEFAULT_INDEX, HTTPS_PROXY and PIP_CERT are respected), then try again.';
