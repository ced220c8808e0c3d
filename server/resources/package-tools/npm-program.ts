/** Where npm is: the one that runs us, beside the running node, or on the PATH. Its script is run by our own node. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { which } from '../../lib/which.ts';

export interface Program {
  file: string;
  args: string[];
}

const CLI = join('npm', 'bin', 'npm-cli.js');

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  nodePath: string;
  platform: NodeJS.Platform;
}

export function findNpm({ env, nodePath, platform }: Surroundings): Program | undefined {
  const folder = dirname(nodePath);
  const scripts = [
    // Also set by pnpm and yarn, to themselves.
    env['npm_execpath'],
    join(folder, '..', 'lib', 'node_modules', CLI),
    join(folder, 'node_modules', CLI),
  ];
  const script = scripts.find(
    (path) => path !== undefined && basename(path) === 'npm-cli.js' && existsSync(path),
  );
  if (script !== undefined) return { file: nodePath, args: [script] };
  if (platform === 'win32') return beside(which('node', env, platform), nodePath);
  const onPath = which('npm', env, platform);
  if (onPath === undefined) return undefined;
  const real = realpathSync(onPath);
  return basename(real) === 'npm-cli.js' ? { file: nodePath, args: [real] } : { file: onPath, args: [] };
}

/** On Windows npm is a `.cmd`, which only a shell can run; its script lies beside the installed node. */
function beside(node: string | undefined, nodePath: string): Program | undefined {
  const script = node === undefined ? undefined : join(dirname(node), 'node_modules', CLI);
  return script !== undefined && existsSync(script) ? { file: nodePath, args: [script] } : undefined;
}
