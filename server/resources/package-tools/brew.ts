/** Homebrew: the user's own, so what it installs is everyone's. Its versions are read from the Cellar; brew is slow to ask. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exec } from '../../lib/exec.ts';
import { which } from '../../lib/which.ts';
import { installFailed, type PackageManager } from './package-manager.ts';

export function createBrew(env: NodeJS.ProcessEnv): PackageManager {
  const find = () => which('brew', env);
  return {
    id: 'brew',
    available: async () => find() !== undefined,
    async installed() {
      const brew = find();
      return brew === undefined ? new Map() : newestKegs(join(dirname(brew), '..', 'Cellar'));
    },
    async install(spec, { signal, report }) {
      report({ message: `brew is installing ${spec.name}` });
      const result = await exec(find() ?? 'brew', ['install', '--quiet', spec.name], { env, signal });
      if (result.code !== 0)
        throw installFailed('brew', spec, result, `Run \`brew install ${spec.name}\` yourself to see more.`);
    },
  };
}

/** Homebrew keeps each version in a folder of its own: `Cellar/<formula>/<version>`. */
function newestKegs(cellar: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const formula of list(cellar)) {
    const newest = list(join(cellar, formula)).toSorted().at(-1);
    if (newest !== undefined) found.set(formula, newest);
  }
  return found;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
