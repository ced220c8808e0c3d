import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { HINT } from '../../server/bin/compile-hints.mjs';
import { AT_MOST, EMPTY_APP, firstLoads } from '../support/first-load.ts';
import { ROOT } from '../support/lab.ts';

it(`no page loads more than ${AT_MOST}× the script of an empty Next app before it lives`, () => {
  const pages = firstLoads(join(ROOT, 'dist', 'next', '.next'));
  expect(pages.size).toBeGreaterThan(10);
  const tooLarge = [...pages]
    .filter(([, bytes]) => bytes > EMPTY_APP.bytes * AT_MOST)
    .map(([path, bytes]) => `${path}: ${bytes} bytes, ${(bytes / EMPTY_APP.bytes).toFixed(2)}×`);
  expect(tooLarge).toEqual([]);
});

it('the empty app was measured with the versions in use', () => {
  const versions = z.object({ devDependencies: z.object({ next: z.string(), react: z.string() }) });
  const { next, react } = versions.parse(
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')),
  ).devDependencies;
  expect({ next, react }).toEqual({ next: EMPTY_APP.next, react: EMPTY_APP.react });
});

it('every script lets the browser compile it beside the page', () => {
  const chunks = join(ROOT, 'dist', 'next', '.next', 'static', 'chunks');
  const scripts = readdirSync(chunks).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(10);
  expect(scripts.filter((name) => !readFileSync(join(chunks, name), 'utf8').startsWith(HINT))).toEqual([]);
});
