// The built scripts tell the browser to compile them whole.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Chromium reads it in a script's first line: https://v8.dev/blog/explicit-compile-hints. Others pass over a comment. */
export const HINT = '//# allFunctionsCalledOnLoad\n';

/**
 * Functions are then compiled beside the page's main thread while the script arrives, not on it at their first call.
 * `folder` is a `.next`.
 */
export function hintScripts(folder) {
  const chunks = join(folder, 'static', 'chunks');
  for (const name of readdirSync(chunks)) {
    if (!name.endsWith('.js')) continue;
    const path = join(chunks, name);
    writeFileSync(path, HINT + readFileSync(path, 'utf8'));
  }
}
