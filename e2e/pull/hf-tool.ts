/** The real `hf`, brought by our own managers from the package index; kept between runs, for it takes seconds. */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../server/lib/exec.ts';
import { ensureHome, locateHome, type Home } from '../../server/lib/home.ts';
import { HF_PACKAGE, hfItems, installHf, type Hf } from '../../server/resources/package-tools/hf.ts';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ailab-web', 'e2e');

export function toolHome(name: string): Home {
  const home = locateHome(join(CACHE, name));
  mkdirSync(home.root, { recursive: true });
  ensureHome(home);
  return home;
}

export const quiet = { signal: new AbortController().signal, report: () => undefined };

export interface RealHf extends Hf {
  home: string;
  /** Who brought it. */
  manager: string;
}

/** `hf` in a home of its own, installed by the first manager of this machine. */
export async function realHf(): Promise<RealHf> {
  const home = toolHome(`hf-${HF_PACKAGE.version}`);
  const options = { home, env: process.env };
  if (hfItems(options).length === 0) await installHf(options, quiet);
  const [item] = hfItems(options);
  if (item?.path === undefined || item.manager === undefined)
    throw new Error('no package manager of this machine could bring hf');
  return { path: item.path, version: HF_PACKAGE.version, home: home.root, manager: item.manager };
}

/** Folder with the real `uv` and `pipx` in it, brought by pip. */
export async function realManagers(): Promise<string> {
  const venv = join(CACHE, 'managers-1');
  const bin = join(venv, 'bin');
  if (existsSync(join(bin, 'uv')) && existsSync(join(bin, 'pipx'))) return bin;
  for (const [program, args] of [
    ['python3', ['-m', 'venv', '--clear', venv]],
    [join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', 'uv', 'pipx']],
  ] as const) {
    const result = await exec(program, args, { env: process.env });
    if (result.code !== 0) throw new Error(`uv and pipx could not be brought: ${result.stderr}`);
  }
  return bin;
}
