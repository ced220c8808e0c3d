/** What the bench compares with: fetched once into the cache, each at one version; never a dependency of the project. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { which } from '../../server/lib/which.ts';

export const TOOLS = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'ailab-web',
  'bench-tools',
);

/** A package's folder, with its dependencies beside it; no install script runs. */
export function npmTool(name: string, version: string): string {
  const folder = join(TOOLS, `${name.replaceAll(/[@/]+/g, '-').replace(/^-/, '')}-${version}`);
  const found = join(folder, 'node_modules', ...name.split('/'));
  if (existsSync(join(found, 'package.json'))) return found;
  mkdirSync(folder, { recursive: true });
  const quiet = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  told('npm', ['install', '--prefix', folder, ...quiet, `${name}@${version}`]);
  return found;
}

/** The system's nginx, or Debian's unpacked into the cache; nothing is installed. */
export function nginx(): string {
  const own = which('nginx') ?? ['/usr/sbin/nginx'].find((path) => existsSync(path));
  if (own !== undefined) return own;
  const folder = join(TOOLS, 'nginx');
  const program = join(folder, 'tree', 'usr', 'sbin', 'nginx');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  told('apt-get', ['-qq', 'download', 'nginx'], folder);
  const deb = readdirSync(folder).find((name) => /^nginx_.*\.deb$/.test(name));
  if (deb === undefined) throw new Error('apt-get downloaded no nginx');
  told('dpkg-deb', ['-x', join(folder, deb), join(folder, 'tree')]);
  return program;
}

/** Throws with the program's last words. */
export function told(program: string, args: string[], cwd?: string, env?: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  });
  if (status === 0) return stdout;
  const words = `${stdout ?? ''}${stderr ?? ''}`.trim().slice(-300);
  throw new Error(`${program} ${args[0] ?? ''} failed: ${error?.message ?? words}`);
}
