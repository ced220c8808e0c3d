/** Homebrew's `llama.cpp` (macOS): a llama-server with Metal. Only when AILAB_RUNTIME=llama-server asks for one. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exec } from '../../lib/exec.ts';
import { which } from '../../lib/which.ts';
import { installFailed, type PackageManager } from './package-manager.ts';

export const BREW_FORMULA = 'llama.cpp';

export function createBrew(env: NodeJS.ProcessEnv): PackageManager {
  const brew = which('brew', env);
  return {
    id: 'brew',
    available: async () => brew !== undefined,
    async installed() {
      const version =
        brew === undefined ? undefined : newestKeg(join(dirname(brew), '..', 'Cellar', BREW_FORMULA));
      return new Map(version === undefined ? [] : [[BREW_FORMULA, version]]);
    },
    async install(spec, { signal, report }) {
      report({ message: `brew is installing ${spec.name}` });
      const result = await exec(brew ?? 'brew', ['install', '--quiet', spec.name], { env, signal });
      if (result.code !== 0)
        throw installFailed(
          'brew',
          spec,
          result,
          `Run \`brew install ${spec.name}\` yourself, or unset AILAB_RUNTIME.`,
        );
    },
  };
}

/** Homebrew keeps each version in a folder of its own: `Cellar/<formula>/<version>`. */
function newestKeg(cellar: string): string | undefined {
  try {
    return readdirSync(cellar).toSorted().at(-1);
  } catch {
    return undefined;
  }
}
