/** The command line of the built product, run to its end. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cleanEnvironment, ROOT } from './lab.ts';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  /** Another wrapper before `node …`, e.g. to run as another user. */
  through?: string[];
  /** Another copy of the product than this tree's: its bin. */
  bin?: string;
}

export function ailab(args: string[], options: CliOptions = {}): Promise<Finished> {
  const command = [
    ...(options.through ?? []),
    process.execPath,
    options.bin ?? join(ROOT, 'server', 'bin', 'ailab-web.mjs'),
    ...args,
  ];
  const child = spawn(command[0] ?? '', command.slice(1), {
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const finished: Finished = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (finished.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (finished.stderr += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...finished, code }));
  });
}
