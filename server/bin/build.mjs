// Builds `dist`: the dashboard (Next standalone) and our bundles. What is in `dist` is what the package ships.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_OPTIONS } from './bundle-options.mjs';
import { hintScripts } from './compile-hints.mjs';
import { ROOT } from './prepare.mjs';

async function build() {
  const staging = join(ROOT, 'dist.tmp');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  buildNext();
  assembleNext(join(staging, 'next'));
  await bundle(staging);
  cpSync(join(ROOT, 'db', 'migrations'), join(staging, 'migrations'), { recursive: true });
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  renameSync(staging, join(ROOT, 'dist'));
}

function buildNext() {
  const next = join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next');
  const result = spawnSync(process.execPath, [next, 'build'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (result.status !== 0) {
    console.error(`${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-40).join('\n'));
    throw new Error('next build failed');
  }
}

/**
 * What tracing copies beside need: native files of one platform, an image optimizer we switched off, and the metrics of
 * every Google font (4.3 MB), which only font-utils.js asks for and nobody asks that.
 */
const DROPPED = [
  'node_modules/sharp',
  'node_modules/@img',
  'node_modules/better-sqlite3',
  'node_modules/typescript',
  'node_modules/next/dist/server/capsize-font-metrics.json',
  'node_modules/next/dist/server/font-utils.js',
];

function assembleNext(target) {
  const standalone = join(ROOT, '.next', 'standalone');
  cpSync(standalone, target, { recursive: true, dereference: true });
  cpSync(join(ROOT, '.next', 'static'), join(target, '.next', 'static'), { recursive: true });
  hintScripts(join(target, '.next'));
  for (const entry of readdirSync(target)) {
    if (entry !== '.next' && entry !== 'node_modules' && entry !== 'package.json')
      rmSync(join(target, entry), { recursive: true });
  }
  for (const path of DROPPED) rmSync(join(target, path), { recursive: true, force: true });
  forgetThisFolder(join(target, '.next', 'required-server-files.json'));
  cleanUp(target);
}

/** Next writes the folder it was built in into its settings; no other machine has it, and it is nobody's business. */
function forgetThisFolder(file) {
  const settings = readFileSync(file, 'utf8').replaceAll(JSON.stringify(ROOT), '"."');
  if (settings.includes(ROOT)) throw new Error(`${file} still names ${ROOT}`);
  writeFileSync(file, settings);
}

/** No source maps; and no symlink, which npm drops from a tarball, nor a native file, which other platforms can't load. */
function cleanUp(folder) {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    const stat = lstatSync(path);
    if (stat.isSymbolicLink() || entry.endsWith('.node'))
      throw new Error(`${path} can't be shipped to every platform`);
    if (stat.isDirectory()) cleanUp(path);
    else if (entry.endsWith('.map')) rmSync(path);
  }
}

async function bundle(outdir) {
  const { build: esbuild } = await import('esbuild');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { metafile } = await esbuild({
    ...BUNDLE_OPTIONS,
    metafile: true,
    entryPoints: {
      cli: 'server/main/cli.ts',
      supervisor: 'server/supervisor/main.ts',
      'llama-worker': 'server/llama-worker/main.ts',
    },
    outdir,
    splitting: true,
    define: { 'process.env.AILAB_VERSION': JSON.stringify(version) },
  });
  if (!existsSync(join(outdir, 'cli.js'))) throw new Error('the bundle is missing');
  refuseWholeZod(metafile);
}

/** One `import { z }` brings zod's fifty languages, half a megabyte that each start reads; a namespace is taken apart. */
function refuseWholeZod({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  if (inputs.some((path) => path.endsWith('zod/v4/locales/de.js')))
    throw new Error("a module imports zod whole: write `import * as z from 'zod'`");
}

await build();
