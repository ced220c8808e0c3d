/** The test entry, bundled beside the built product and started with defences switched off. */
import { build, type Plugin } from 'esbuild';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_OPTIONS } from '../../server/bin/bundle-options.mjs';
import { CUTS, PAGE_CUTS, type Cut, type PageCut } from '../entry/cuts.ts';
import { ROOT, startLab, type Lab, type LabOptions } from './lab.ts';

const OUT = join(ROOT, 'e2e', '.out');
const bundles = new Map<string, Promise<unknown>>();

/** A server like the product's, without the named defences (`T1`, `T2`…; see e2e/entry/weakened.ts and cuts.ts). */
export async function startWeakened(defences: readonly string[], options: LabOptions = {}): Promise<Lab> {
  const folder = join(
    OUT,
    ['weakened', ...defences.filter((name) => name in CUTS || name in PAGE_CUTS)].join('-'),
  );
  if (!bundles.has(folder)) bundles.set(folder, make(folder, defences));
  await bundles.get(folder);
  return startLab({
    ...options,
    program: [join(folder, 'server.mjs')],
    env: { ...options.env, AILAB_TEST_DISABLE: defences.join(',') },
  });
}

/** The server, the supervisor that it starts, and its pages. */
async function make(folder: string, defences: readonly string[]): Promise<void> {
  await bundle(
    folder,
    defences.flatMap((name) => CUTS[name] ?? []),
  );
  const pages = defences.flatMap((name) => PAGE_CUTS[name] ?? []);
  rmSync(join(folder, 'next'), { recursive: true, force: true });
  if (pages.length > 0) copyPages(join(folder, 'next'), pages);
}

/** The built dashboard, with its one script changed that holds the text. */
function copyPages(folder: string, cuts: readonly PageCut[]): void {
  cpSync(join(ROOT, 'dist', 'next'), folder, { recursive: true });
  const chunks = join(folder, '.next', 'static', 'chunks');
  const files = readdirSync(chunks).filter((name) => name.endsWith('.js'));
  for (const { from, to } of cuts) {
    const found = files.filter((name) => from.test(readFileSync(join(chunks, name), 'utf8')));
    const [file] = found;
    if (file === undefined || found.length > 1)
      throw new Error(`${found.length} scripts of the page hold ${from.source}`);
    const path = join(chunks, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  }
}

async function bundle(folder: string, cuts: readonly Cut[]): Promise<void> {
  const cut = new Set<Cut>();
  await build({
    ...BUNDLE_OPTIONS,
    entryPoints: { server: 'e2e/entry/weakened.ts', supervisor: 'server/supervisor/main.ts' },
    outExtension: { '.js': '.mjs' },
    outdir: folder,
    plugins: [...(BUNDLE_OPTIONS.plugins ?? []), cutting(cuts, cut)],
  });
  const left = cuts.filter((one) => !cut.has(one)).map(({ file }) => file);
  if (left.length > 0)
    throw new Error(`nothing was cut from ${left.join(', ')}: is it still part of the server?`);
}

function cutting(cuts: readonly Cut[], done: Set<Cut>): Plugin {
  const files = new Map(cuts.map(({ file }) => [join(ROOT, file), cuts.filter((cut) => cut.file === file)]));
  return {
    name: 'cut',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const here = files.get(path);
        if (here === undefined) return undefined;
        let contents = readFileSync(path, 'utf8');
        for (const cut of here) {
          if (!contents.includes(cut.from)) throw new Error(`${cut.file} no longer holds ${cut.from}`);
          contents = contents.replaceAll(cut.from, cut.to);
          done.add(cut);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}
