/** The packed package installed as on another platform, by a given npm; and what then lies there. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { cleanEnvironment, ROOT } from '../support/lab.ts';

export interface Layout {
  os: 'linux' | 'darwin' | 'win32';
  cpu: 'x64' | 'arm64';
}

export const LAYOUTS: Layout[] = (['linux', 'darwin', 'win32'] as const).flatMap((os) =>
  (['x64', 'arm64'] as const).map((cpu) => ({ os, cpu })),
);

export interface Installed {
  seconds: number;
  packages: number;
  /** Packages for which npm would run a script at install. */
  scripts: string[];
  links: string[];
  /** What SQLite's file for this platform is, by its own header. */
  sqlite: string;
  error?: string;
}

const packed = z.object({
  filename: z.string(),
  size: z.number(),
  unpackedSize: z.number(),
  files: z.array(z.object({ path: z.string(), size: z.number() })),
});
export type Packed = z.infer<typeof packed>;

/** `npm pack` of this tree as it was built last. npm 12 answers with an object by package name, others with a list. */
export function packInto(folder: string): Packed {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
  if (status !== 0) throw new Error(stderr);
  const answer: unknown = JSON.parse(stdout);
  return packed.parse((Array.isArray(answer) ? answer : Object.values(answer as object))[0]);
}

/** Installs the packed package into `folder`, as a user does; the path of its bin. */
export function installPackage(folder: string): { pack: Packed; bin: string } {
  const pack = packInto(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, pack.filename)];
  const { status, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
  if (status !== 0) throw new Error(stderr);
  return { pack, bin: join(folder, 'node_modules', 'ailab-web', 'server', 'bin', 'ailab-web.mjs') };
}

/** `npm` is the command to install with; each installation has a cache of its own unless `cache` is given. */
export function installAs(
  layout: Layout,
  tarball: string,
  npm: string[] = ['npm'],
  cache?: string,
): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-layout-'));
  try {
    const target = join(folder, 'target');
    mkdirSync(target);
    writeFileSync(join(target, 'package.json'), '{"private":true}');
    const [file = 'npm', ...words] = npm;
    const args = [
      ...words,
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      `--os=${layout.os}`,
      `--cpu=${layout.cpu}`,
      ...(cache === undefined ? [] : ['--cache', cache]),
      tarball,
    ];
    const begun = performance.now();
    const { status, stderr } = spawnSync(file, args, {
      cwd: target,
      encoding: 'utf8',
      env: cleanEnvironment(),
    });
    const seconds = (performance.now() - begun) / 1000;
    if (status !== 0) return { seconds, packages: 0, scripts: [], links: [], sqlite: '', error: stderr };
    return { seconds, ...lookAt(target, layout) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) });
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** From the files themselves: a lock file says what a registry says, which isn't always what a package holds. */
function lookAt(target: string, { os, cpu }: Layout): Omit<Installed, 'seconds'> {
  const modules = join(target, 'node_modules');
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  const scripts = names.filter((name) => {
    const folder = join(modules, name);
    const { scripts } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    return INSTALL_SCRIPTS.some((script) => script in scripts);
  });
  const links = names.flatMap((name) =>
    readdirSync(join(modules, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const native = join(modules, 'better-sqlite3', 'prebuilds', `${os}-${cpu}.node`);
  return { packages: names.length, scripts, links, sqlite: kindOf(readFileSync(native)) };
}

/** ELF, Mach-O or PE, and for which machine: each format says it at a fixed place. */
function kindOf(file: Buffer): string {
  const machine = (table: Record<number, string>, value: number) => table[value] ?? `machine ${value}`;
  if (file.readUInt32BE(0) === 0x7f454c46)
    return `linux-${machine({ 62: 'x64', 183: 'arm64' }, file.readUInt16LE(18))}`;
  if (file.readUInt32LE(0) === 0xfeedfacf)
    return `darwin-${machine({ 0x01000007: 'x64', 0x0100000c: 'arm64' }, file.readUInt32LE(4))}`;
  if (file.toString('latin1', 0, 2) === 'MZ') {
    const header = file.readUInt32LE(0x3c);
    return `win32-${machine({ 0x8664: 'x64', 0xaa64: 'arm64' }, file.readUInt16LE(header + 4))}`;
  }
  return 'of no known format';
}
