// A clone made ready: dependencies installed and the product built, each only when it is stale.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNpm } from './node-gate.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const SOURCES = [
  'app',
  'db',
  'server',
  'stacks',
  'next.config.mjs',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

/** Installs exactly the lock file's versions; no package's install script runs. */
export function ensureInstalled() {
  const stamp = join(ROOT, 'node_modules', '.ailab-stamp');
  const wanted = `${hashOf(['package-lock.json', 'package.json'])} ${process.platform}-${process.arch}\n`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing dependencies (only when they have changed) …');
  const result = runNpm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: ROOT,
  });
  if (result.status !== 0) {
    // npm's own first words name the reason; its last ones are its manual.
    const words = (result.stderr || result.stdout || '')
      .split('\n')
      .filter((line) => !/^npm (warn|error\s*$)/.test(line));
    console.error(`npm ci failed:\n${words.slice(0, 12).join('\n')}`);
    console.error(
      'Check the network (or the proxy in .npmrc) and the free space, then run the same command again.',
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

/** Throws when the build fails; its own words are on stderr then. */
export function ensureBuilt() {
  const stamp = join(ROOT, 'dist', '.stamp');
  const wanted = hashOf(SOURCES);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Building (only when the sources have changed) …');
  // In a process of its own: the bundler's helper process would live as long as the server does.
  const { status } = spawnSync(process.execPath, [join(ROOT, 'server', 'bin', 'build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('The build failed; the lines above say why.');
  writeFileSync(stamp, wanted);
}

export function prepareOrExit() {
  ensureInstalled();
  try {
    ensureBuilt();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

/** One hash over the names and the contents of all source files; tests don't count. */
function hashOf(entries) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const full = join(ROOT, path);
    if (!existsSync(full)) return;
    const children = listFolder(full);
    if (children === undefined)
      hash
        .update(`${relative(ROOT, full)}\0`)
        .update(readFileSync(full))
        .update('\0');
    else for (const child of children) if (!child.includes('.test.')) visit(join(path, child));
  };
  for (const entry of entries) visit(entry);
  return hash.digest('hex');
}

function listFolder(path) {
  try {
    return readdirSync(path).toSorted();
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
