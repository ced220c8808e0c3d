// `npm start`, straight after `git clone`: a current Node, the dependencies, the build, then the server.
import { fileURLToPath } from 'node:url';
import { passNodeGate } from './node-gate.mjs';
import { prepareOrExit } from './prepare.mjs';

if (passNodeGate(fileURLToPath(import.meta.url), process.argv.slice(2))) {
  prepareOrExit();
  const { main } = await import('../../dist/cli.js');
  await main(['serve', ...process.argv.slice(2)]);
}
