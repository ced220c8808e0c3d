// `npm run bench`: the speed claims, measured on the built product. Run it on an idle machine.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { passNodeGate } from './node-gate.mjs';
import { prepareOrExit, ROOT } from './prepare.mjs';

if (passNodeGate(fileURLToPath(import.meta.url), process.argv.slice(2))) {
  prepareOrExit();
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'e2e', 'bench', 'bench.ts'), ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  process.exit(status ?? 1);
}
