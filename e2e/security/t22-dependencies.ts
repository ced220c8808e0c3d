/** T22: what we take from others: no version with a known hole, no other bytes than the lock's, no script at install. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as z from 'zod';
import { parsePins } from '../../stacks/verify-pins.mjs';
import { ask } from '../support/http.ts';
import { ROOT, type Lab } from '../support/lab.ts';
import { credentials, login } from '../support/login.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** The lowest version without a known hole (trust.md A3), wherever in the tree the package stands. */
export const FLOORS: Record<string, string> = {
  next: '16.4.5',
  sharp: '0.35.5',
  react: '19.2.6',
  'react-dom': '19.2.6',
  '@trpc/server': '11.8.0',
  'drizzle-orm': '0.45.2',
  'better-sqlite3': '12.10.0',
};
/** Bundled with it: below, a write-ahead log can corrupt the database. */
const SQLITE_FLOOR = '3.51.3';
/** What a user's `npm install` of the package brings; more of them is a decision, not a drift. */
const SHIPPED_MAX = 4;

const entry = z.looseObject({
  version: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});
const lockFile = z.looseObject({ lockfileVersion: z.literal(3), packages: z.record(z.string(), entry) });
const manifest = z.looseObject({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  scripts: z.record(z.string(), z.string()),
});

/** What the floors are held against. */
export interface Dependencies {
  lock: string;
  manifest: string;
  /** Text of the stack files. */
  stacks: string[];
}

export function ownDependencies(): Dependencies {
  const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
  return {
    lock: read('package-lock.json'),
    manifest: read('package.json'),
    stacks: [read('stacks', 'stack.yml'), read('stacks', 'stack.gpu.yml')],
  };
}

export function proveDependencies(own: Dependencies): void {
  const { packages } = lockFile.parse(JSON.parse(own.lock));
  for (const [name, floor] of Object.entries(FLOORS)) {
    const found = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    if (found.length === 0) throw new Error(`package-lock.json holds no ${name}`);
    for (const [path, { version = '' }] of found)
      mustHold(isAtLeast(version, floor), `${path} is ${version}; below ${floor} it has a known hole`);
  }
  const { dependencies, devDependencies, scripts } = manifest.parse(JSON.parse(own.manifest));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    mustHold(
      /^\d+\.\d+\.\d+$/.test(version),
      `package.json asks for ${name} ${version}, which is no exact version`,
    );
    const locked = packages[`node_modules/${name}`]?.version;
    mustHold(locked === version, `package-lock.json has ${name} ${locked}, package.json ${version}`);
  }
  const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  mustHold(
    shipped.length <= SHIPPED_MAX,
    `a user's install brings ${shipped.length} packages, not ${SHIPPED_MAX}`,
  );
  for (const [path, { integrity, hasInstallScript, version }] of shipped) {
    mustHold(integrity?.startsWith('sha512-') === true, `${path} ${version} is locked by no SHA-512`);
    mustHold(hasInstallScript !== true, `${path} runs a script at a user's install`);
  }
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => name in scripts);
  mustHold(hooks.length === 0, `the package itself runs ${hooks.join(', ')} at a user's install`);
  for (const { name, tag, digest } of own.stacks.flatMap((text) => parsePins(text))) {
    mustHold(/\d+\.\d+\.\d+$/.test(tag), `the image ${name} is pinned to ${tag}, which moves`);
    mustHold(digest === null || /^sha256:[0-9a-f]{64}$/.test(digest), `the digest of ${name} is ${digest}`);
  }
}

function proveSqlite(): void {
  const db = new Database(':memory:');
  const version = z.string().parse(db.prepare('SELECT sqlite_version()').pluck().get());
  db.close();
  mustHold(
    isAtLeast(version, SQLITE_FLOOR),
    `SQLite is ${version}; below ${SQLITE_FLOOR} it can corrupt a database`,
  );
}

function isAtLeast(version: string, floor: string): boolean {
  const parts = (text: string) => text.split(/[.-]/).slice(0, 3).map(Number);
  const [have, need] = [parts(version), parts(floor)];
  const at = have.findIndex((part, index) => part !== need[index]);
  // A pre-release of the floor itself came before it.
  if (at === -1) return !version.includes('-');
  return (have[at] ?? Number.NaN) > (need[at] ?? 0);
}

/** Of Next's own features those with a history: the image optimizer, pictures drawn from text, Server Actions, the dev server. */
async function proveFeaturesOff(lab: Lab): Promise<void> {
  const headers = credentials(await login(lab));
  const paths = [
    '/_next/image?url=%2Fx.svg&w=64&q=75',
    '/_next/webpack-hmr',
    '/__nextjs_original-stack-frames',
    '/_next/mcp',
    '/_next/data/x/index.json',
  ];
  for (const path of paths) {
    const { status } = await ask(lab.port, { path, headers });
    mustHold(status === 404, `${path} got ${status}`);
  }
  const built = join(ROOT, 'dist', 'next');
  const actions = z
    .looseObject({ node: z.record(z.string(), z.unknown()), edge: z.record(z.string(), z.unknown()) })
    .parse(
      JSON.parse(readFileSync(join(built, '.next', 'server', 'server-reference-manifest.json'), 'utf8')),
    );
  const count = Object.keys({ ...actions.node, ...actions.edge }).length;
  mustHold(count === 0, `the build has ${count} Server Actions`);
  mustHold(!existsSync(join(built, 'node_modules', 'sharp')), 'sharp is in the package');
  const own = readdirSync(join(built, '.next', 'server'), { recursive: true, encoding: 'utf8' });
  const drawn = own
    .filter((name) => name.endsWith('.js'))
    .filter((name) => {
      const text = readFileSync(join(built, '.next', 'server', name), 'latin1');
      return text.includes('@vercel/og');
    });
  mustHold(drawn.length === 0, `next/og is used by ${drawn.join(', ')}`);
}

export const t22: Row = {
  id: 'T22',
  describe:
    'no dependency is below its floor, unlocked, or runs a script at install; Next’s risky parts are off',
  async prove(lab) {
    proveDependencies(ownDependencies());
    proveSqlite();
    await proveFeaturesOff(lab);
  },
  /** With the Next of a month ago in the lock. */
  async without() {
    const own = ownDependencies();
    const lock = lockFile.parse(JSON.parse(own.lock));
    const next = { ...lock.packages['node_modules/next'], version: '16.4.4' };
    proveDependencies({
      ...own,
      lock: JSON.stringify({ ...lock, packages: { ...lock.packages, 'node_modules/next': next } }),
    });
  },
};
