import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
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
