/** What the docs say is so: pages that come from the sources are current, and names, links and scripts exist. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { createCli } from '../../server/main/cli.ts';
import { ROOT } from '../support/lab.ts';
import { namedErrors } from './error-codes.ts';
import { PAGES } from './pages.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const errors = namedErrors();
const PROSE = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

it.each(PAGES)('%s is as the sources are now (else run `npm run docs`)', (path, page) => {
  expect(read(path)).toBe(page());
});

/** Counted in another way than the page is made: by the letters in the sources. */
it('troubleshooting has every code that is written in the sources', () => {
  const page = read('docs/troubleshooting.md');
  const written = new Set(
    errors
      .map(({ file }) => file)
      .flatMap((file) => [...read(file).matchAll(/\bcode: '([a-z]+_[a-z_0-9]+)'/g)].map(([, code]) => code)),
  );
  expect(written.size).toBeGreaterThan(100);
  expect([...written].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

it('the messages that the README explains exist', () => {
  const codes = new Set(errors.map(({ code }) => code));
  const named = [...read('README.md').matchAll(/^\| `([a-z_]+)` \| (?!.*\| .*\|)/gm)]
    .map(([, code = '']) => code)
    .filter((code) => code.includes('_'));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((code) => !codes.has(code))).toEqual([]);
});

it('every link leads to a file, and every name in one is in that file', () => {
  const wrong = PROSE.flatMap((page) =>
    [...read(page).matchAll(/(?:\[([^\]]+)\]\(|(?:src|srcset)=")((?:\([^)]*\)|[^)"#])+)/g)].flatMap(
      ([, text = '', target = '']) => {
        if (/^[a-z]+:/.test(target)) return [];
        const path = join(dirname(page), target);
        if (statSync(join(ROOT, path), { throwIfNoEntry: false }) === undefined)
          return [`${page}: ${target} is not there`];
        const name = /^`(\w+)`$/.exec(text)?.[1];
        const isSource = /\.tsx?$/.test(path);
        if (!isSource || name === undefined) return [];
        const declared = new RegExp(`export (?:async )?(?:const|function|interface|type|class) ${name}\\b`);
        return declared.test(read(path)) ? [] : [`${page}: ${path} exports no ${name}`];
      },
    ),
  );
  expect(wrong).toEqual([]);
});

it('every file, script and command that is named exists', () => {
  const scripts = new Set(Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts));
  const commands = new Set(createCli().commands.map((command) => command.name()));
  const wrong = PROSE.flatMap((page) => {
    const text = read(page);
    const files = [...text.matchAll(/`((?:app|server|db|stacks|e2e)\/[\w()/.-]+\.(?:ts|tsx|mjs|yml))`/g)];
    const ran = [...text.matchAll(/npm run ([\w:]+)/g)];
    const called = [...text.matchAll(/(?:`|npx )ailab-web ([a-z]+)/g)];
    return [
      ...files.filter(([, path = '']) => !isFile(path)).map(([, path]) => `${page}: ${path}`),
      ...ran.filter(([, name = '']) => !scripts.has(name)).map(([all]) => `${page}: ${all}`),
      ...called.filter(([, name = '']) => !commands.has(name)).map(([all]) => `${page}: ${all}`),
    ];
  });
  expect(wrong).toEqual([]);
});

it('the pictures are small, and in both themes', () => {
  const pictures = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.png'));
  expect(pictures.toSorted()).toEqual(['overview-dark.png', 'overview-light.png']);
  for (const name of pictures) expect(statSync(join(ROOT, 'docs', name)).size).toBeLessThan(200_000);
});

function isFile(path: string): boolean {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() ?? false;
}
