/** The real `hf`, brought by our own managers from the package index; kept between runs, for it takes seconds. */
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensureHome, locateHome, type Home } from '../../server/lib/home.ts';
import { isProgram, which } from '../../server/lib/which.ts';
import { findHf, HF_PACKAGE, hfTools, installHf, type Hf } from '../../server/resources/package-tools/hf.ts';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ailab-web', 'e2e');

/** A PATH with these programs of this machine only, found now. */
export function pathWith(...programs: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-path-'));
  for (const name of programs) {
    const there = which(name);
    if (there !== undefined) symlinkSync(there, join(folder, name));
  }
  return [folder, '/usr/bin', '/bin'].join(delimiter);
}

export function toolHome(name: string): Home {
  const home = locateHome(join(CACHE, name));
  mkdirSync(home.root, { recursive: true });
  ensureHome(home);
  return home;
}

export const quiet = { signal: new AbortController().signal, report: () => undefined };

/** `hf` in a home of its own, installed by the first manager of this machine. */
export async function realHf(): Promise<Hf> {
  const home = toolHome(`hf-${HF_PACKAGE.version}`);
  const options = { home, env: process.env };
  const own = hfTools(options).find((tools) => isProgram(tools.program(HF_PACKAGE.name, 'hf')));
  const hf = own === undefined ? await installHf(options, quiet) : await findHf(options, quiet.signal);
  if (hf === null) throw new Error('no package manager of this machine could bring hf');
  return hf;
}
