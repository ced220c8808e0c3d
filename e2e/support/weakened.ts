/** The test entry, bundled beside the built product and started with defences switched off. */
import { build } from 'esbuild';
import { join } from 'node:path';
import { BUNDLE_OPTIONS } from '../../server/bin/bundle-options.mjs';
import { ROOT, startLab, type Lab } from './lab.ts';

const OUT = join(ROOT, 'e2e', '.out', 'weakened.mjs');
let bundled: Promise<unknown> | undefined;

/** A server like the product's, without the named defences (`T1`, `T2`…; see e2e/entry/weakened.ts). */
export async function startWeakened(...defences: string[]): Promise<Lab> {
  bundled ??= build({
    ...BUNDLE_OPTIONS,
    entryPoints: ['e2e/entry/weakened.ts'],
    outfile: OUT,
  });
  await bundled;
  return startLab({ program: [OUT], env: { AILAB_TEST_DISABLE: defences.join(',') } });
}
