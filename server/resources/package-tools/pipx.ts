/** pipx: `pipx install` into the home. */
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

export function createPipx({ home, env }: PythonToolsOptions): PythonTools {
  const folder = join(home.tools, 'pipx');
  const bin = join(folder, 'bin');
  const places = { PIPX_HOME: folder, PIPX_BIN_DIR: bin, PIPX_MAN_DIR: join(folder, 'man') };
  // Looked for when it is to run: what is installed is read from the disk alone, at every look.
  const pipx = () => which('pipx', env);
  const own = () => installEnv(env, places);
  return {
    id: 'pipx',
    async available(signal) {
      const program = pipx();
      if (program === undefined) return false;
      return (await exec(program, ['--version'], { env: own(), signal })).code === 0;
    },
    there: () => installedIn(join(folder, 'venvs')),
    installed: async () => installedIn(join(folder, 'venvs')),
    program: (_name, command) => programIn(bin, command),
    install(spec, context) {
      const args = ['install', '--force', '--pip-args=--only-binary=:all:', requirement(spec)];
      return runInstaller({ id: 'pipx', spec, program: pipx() ?? 'pipx', args, env: own(), folder }, context);
    },
  };
}
