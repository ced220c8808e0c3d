/** Entries of the tests as one file each, so that a process which lives for 100 ms does not load for a second. */
import { build } from 'esbuild';
import { basename, join } from 'node:path';
import { BUNDLE_OPTIONS } from '../../server/bin/bundle-options.mjs';
import { ROOT } from '../support/lab.ts';

/** The path of the bundle. `entry`: a path below the repository. */
export async function bundleEntry(entry: string): Promise<string> {
  const outfile = join(ROOT, 'e2e', '.out', basename(entry).replace(/\.ts$/, '.mjs'));
  await build({ ...BUNDLE_OPTIONS, entryPoints: [entry], outfile });
  return outfile;
}
