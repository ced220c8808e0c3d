/** `npm run docs`: writes the pages that come from the sources. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/lab.ts';
import { PAGES } from './pages.ts';

for (const [path, page] of PAGES) {
  writeFileSync(join(ROOT, path), page());
  console.log(path);
}
