// `npm run test:faults`: the full fault table on the built product. It takes an hour; see e2e/FAULTS.md.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { passNodeGate } from './node-gate.mjs';
import { prepareOrExit, ROOT } from './prepare.mjs';

if (passNodeGate(fileURLToPath(import.meta.url), process.argv.slice(2))) {
  prepareOrExit();
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'e2e', 'faults', 'run.ts'), ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  process.exit(status ?? 1);
}
