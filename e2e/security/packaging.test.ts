/** The switches that turn defences off exist for these tests only: nothing of them is in what is shipped. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { cleanEnvironment, requireBuild, ROOT } from '../support/lab.ts';

const SWITCHES = ['AILAB_TEST_DISABLE', 'weakened'];

beforeAll(requireBuild);

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

it('no file of dist speaks of them', () => {
  const files = filesUnder(join(ROOT, 'dist'));
  expect(files.length).toBeGreaterThan(50);
  const found = files.filter((file) => SWITCHES.some((word) => readFileSync(file, 'latin1').includes(word)));
  expect(found.map((file) => relative(ROOT, file))).toEqual([]);
});

it('no test and no test entry is in the package', () => {
  const out = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(SWITCHES.filter((word) => out.includes(word))).toEqual([]);
  const [packed] = JSON.parse(out) as [{ files: { path: string }[] }];
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toContain('dist/cli.js');
  expect(paths).toContain('server/bin/ailab-web.mjs');
  const own = paths.filter((path) => !path.startsWith('dist/next/node_modules/'));
  expect(own.filter((path) => /(^|\/)e2e\/|\.test\.|fixture|testing/.test(path))).toEqual([]);
});
