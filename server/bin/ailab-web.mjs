#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { passNodeGate } from './node-gate.mjs';

if (passNodeGate(fileURLToPath(import.meta.url), process.argv.slice(2))) {
  // Of the program's own folder, where nobody writes who could not change the program; without the right to: none.
  nodeModule.enableCompileCache(fileURLToPath(new URL('../../dist/.compiled', import.meta.url)));
  const { main } = await import('../../dist/cli.js').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('cli.js')) throw error;
    console.error(
      'ailab-web is not built. In a clone run `npm start` (or `npm run build`); otherwise install it again.',
    );
    process.exit(1);
  });
  await main(process.argv.slice(2));
}
