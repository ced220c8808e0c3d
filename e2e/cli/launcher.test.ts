/** A Node that is too old starts the product on a current one; whoever manages the process sees one process only. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anyFreePort } from '../../server/lib/ports.ts';
import { cleanEnvironment, ROOT } from '../support/lab.ts';

/** This Node, taken for an older one by the launcher alone. */
const OLD = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-launcher-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it.skipIf(process.platform !== 'linux').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('without a terminal %s ends the server that the launcher started', async (signal, code) => {
  const bin = join(folder, 'ailab-web', 'node-24', 'node_modules', `node-linux-${process.arch}`, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
  const port = await anyFreePort();
  const program = join(ROOT, 'server', 'bin', 'ailab-web.mjs');
  const args = ['serve', '--no-open', '--port', String(port), '--home', join(folder, 'home')];
  const launcher = spawn(process.execPath, ['--import', OLD, program, ...args], {
    env: { ...cleanEnvironment(), AILAB_ENGINE: 'embedded', XDG_CACHE_HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => launcher.once('exit', resolve));
  try {
    await new Promise<void>((resolve, reject) => {
      let text = '';
      launcher.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        if (text.includes('is ready')) resolve();
      });
      void exited.then(() => reject(new Error(`it ended: ${text}`)));
    });
    launcher.kill(signal);
    expect(await exited).toBe(code);
  } finally {
    launcher.kill('SIGTERM');
    await exited;
  }
});
