/** uv: `uv tool install` into the home. It brings a Python of its own where there is none. */
import { join } from 'node:path';
import { exec } from '../../lib/exec.ts';
import { which } from '../../lib/which.ts';
import {
  installedIn,
  installEnv,
  programIn,
  requirement,
  runInstaller,
  type PythonTools,
  type PythonToolsOptions,
} from './python-tools.ts';

export function createUv({ home, env }: PythonToolsOptions): PythonTools {
  const folder = join(home.tools, 'uv');
  const bin = join(folder, 'bin');
  // Looked for when it is to run: what is installed is read from the disk alone, at every look.
  const uv = () => which('uv', env);
  const own = () => installEnv(env, { UV_TOOL_DIR: folder, UV_TOOL_BIN_DIR: bin });
  return {
    id: 'uv',
    async available(signal) {
      const program = uv();
      if (program === undefined) return false;
      return (await exec(program, ['--version'], { env: own(), signal })).code === 0;
    },
    there: () => installedIn(folder),
    installed: async () => installedIn(folder),
    program: (_name, command) => programIn(bin, command),
    install(spec, context) {
      // Wheels only: a source package would run code of the index on this machine.
      const args = ['tool', 'install', '--force', '--no-build', '--no-progress', requirement(spec)];
      return runInstaller({ id: 'uv', spec, program: uv() ?? 'uv', args, env: own(), folder }, context);
    },
  };
}
