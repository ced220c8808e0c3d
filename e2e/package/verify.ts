/**
 * `npm run verify:package`: the tarball's figures, and its installation by npm 10, 11 and 12 as on each platform. A
 * platform is npm's `--os` and `--cpu`: what is installed is what that machine would get; it is not run there. At last
 * the package by npx, where there is nothing but Node, to a chat's answer (160 MB of downloads).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, requireBuild } from '../support/lab.ts';
import { installAs, LAYOUTS, packInto, type Packed } from './layouts.ts';
import { driveWithNodeOnly } from './node-only.ts';

const NPMS = ['10', '11', '12'];

async function main(): Promise<void> {
  requireBuild();
  const folder = mkdtempSync(join(tmpdir(), 'ailab-verify-'));
  try {
    const pack = packInto(folder);
    printFigures(pack);
    let bad = 0;
    for (const major of NPMS) bad += verifyWith(major, folder, join(folder, pack.filename));
    console.log('By npx, with nothing but Node:');
    if (!(await driveWithNodeOnly(join(folder, pack.filename), folder))) bad += 1;
    process.exitCode = bad === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printFigures({ filename, size, unpackedSize, files }: Packed): void {
  console.log(`${filename}: ${mb(size)}, ${mb(unpackedSize)} unpacked, ${files.length} files`);
  const parts = Map.groupBy(files, ({ path }) => partOf(path));
  for (const [part, all] of [...parts].toSorted(([, a], [, b]) => total(b) - total(a)))
    console.log(`  ${mb(total(all)).padStart(8)}  ${String(all.length).padStart(4)} files  ${part}`);
}

function partOf(path: string): string {
  const known = ['dist/next/node_modules', 'dist/next/.next/static', 'dist/next/.next', 'dist/migrations'];
  return (
    known.find((part) => path.startsWith(`${part}/`)) ??
    (path.includes('/') ? path.slice(0, path.indexOf('/')) : 'README, LICENSE and the like')
  );
}

function verifyWith(major: string, folder: string, tarball: string): number {
  const program = npmOf(major, folder);
  if (program === undefined) {
    console.log(`npm ${major}: not to be had from the registry`);
    return 1;
  }
  let bad = 0;
  for (const layout of LAYOUTS) {
    const name = `${layout.os}-${layout.cpu}`;
    // The first of each npm meets an empty cache: that is the time that a newcomer waits.
    const found = installAs(
      layout,
      tarball,
      [process.execPath, program.script],
      join(folder, `cache-${major}`),
    );
    const { seconds, packages, scripts, links, sqlite, error } = found;
    const ok = error === undefined && scripts.length === 0 && links.length === 0 && sqlite === name;
    if (!ok) bad += 1;
    console.log(
      error === undefined
        ? `npm ${program.version} ${name.padEnd(12)} ${seconds.toFixed(1)} s, ${packages} packages, ${scripts.length} install scripts, ${links.length} links, SQLite for ${sqlite}`
        : `npm ${program.version} ${name.padEnd(12)} FAILED: ${error.trim().split('\n').slice(-3).join(' ')}`,
    );
  }
  return bad;
}

function npmOf(major: string, folder: string): { script: string; version: string } | undefined {
  const prefix = join(folder, `npm-${major}`);
  mkdirSync(prefix);
  const options = { encoding: 'utf8', env: cleanEnvironment() } as const;
  const args = ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--ignore-scripts', `npm@${major}`];
  if (spawnSync('npm', args, options).status !== 0) return undefined;
  const script = join(prefix, 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return { script, version: spawnSync(process.execPath, [script, '--version'], options).stdout.trim() };
}

const total = (files: Packed['files']): number => files.reduce((sum, { size }) => sum + size, 0);
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

await main();
