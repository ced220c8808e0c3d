/**
 * pip, in a virtual environment of its own for each package below the home. Debian's Python has no ensurepip without
 * the package python3-venv; there the system's pip (from 22.3 on) installs into an environment without one.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { exec } from '../../lib/exec.ts';
import { errnoOf } from '../../lib/errors.ts';
import { parseJson } from '../../lib/json.ts';
import { installFailed } from './package-manager.ts';
import {
  binOfVenv,
  installedIn,
  installEnv,
  normalName,
  programIn,
  requirement,
  runInstaller,
  type PythonTools,
  type PythonToolsOptions,
} from './python-tools.ts';

const NAMES = process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python'];

const PROBE = `
import importlib.util as util, json
try:
    from importlib.metadata import version
    pip = version('pip')
except Exception:
    pip = None
print(json.dumps({'venv': util.find_spec('venv') is not None, 'ensurepip': util.find_spec('ensurepip') is not None, 'pip': pip}))
`;
const probed = z.object({ venv: z.boolean(), ensurepip: z.boolean(), pip: z.string().nullable() });

interface Python {
  name: string;
  /** Its own pip can install into another environment: faster, and the only way without ensurepip. */
  reaches: boolean;
}

export function createPip({ home, env }: PythonToolsOptions): PythonTools {
  const folder = join(home.tools, 'pip');
  const own = () => installEnv(env);
  let known: Promise<Python | null> | undefined;
  const python = (signal: AbortSignal) => (known ??= findPython(own(), signal));
  const venvOf = (name: string) => join(folder, normalName(name));
  return {
    id: 'pip',
    available: async (signal) => (await python(signal)) !== null,
    there: () => installedIn(folder),
    installed: async () => installedIn(folder),
    program: (name, command) => programIn(binOfVenv(venvOf(name)), command),
    async install(spec, context) {
      const { signal, report } = context;
      const found = await python(signal);
      const { name, reaches } = found ?? { name: 'python3', reaches: false };
      const venv = venvOf(spec.name);
      await rm(venv, { recursive: true, force: true });
      report({ message: `${name} is making an environment for ${spec.name}` });
      const make = ['-m', 'venv', ...(reaches ? ['--without-pip'] : []), venv];
      const made = await exec(name, make, { env: own(), signal });
      if (made.code !== 0)
        throw installFailed('pip', spec, made, 'Install pip and venv (Debian: python3-pip, python3-venv).');
      const inside = programIn(binOfVenv(venv), 'python');
      // Wheels only: a source package would run code of the index on this machine.
      const install = ['install', '--only-binary', ':all:', '--no-input', '--quiet', requirement(spec)];
      const [program, args] = reaches
        ? [name, ['-m', 'pip', '--python', inside, ...install]]
        : [inside, ['-m', 'pip', ...install]];
      await runInstaller({ id: 'pip', spec, program, args, env: own(), folder: venv }, context);
    },
  };
}

/** Null where no Python has what it takes: that is no error. */
async function findPython(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Python | null> {
  for (const name of NAMES) {
    try {
      const { code, stdout } = await exec(name, ['-c', PROBE], { env, signal });
      const facts = probed.safeParse(parseJson(stdout));
      if (code !== 0 || !facts.success || !facts.data.venv) continue;
      const reaches = atLeast(facts.data.pip, 22, 3);
      if (reaches || facts.data.ensurepip) return { name, reaches };
    } catch (error) {
      // Not on the PATH, or not a program.
      if (signal.aborted || errnoOf(error) === undefined) throw error;
    }
  }
  return null;
}

function atLeast(version: string | null, major: number, minor: number): boolean {
  const [a = 0, b = 0] = (version ?? '').split('.').map(Number);
  return a > major || (a === major && b >= minor);
}
