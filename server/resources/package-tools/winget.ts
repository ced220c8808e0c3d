/** winget's `ggml.llamacpp` (Windows): a llama-server with Vulkan. Only when AILAB_RUNTIME=llama-server asks for one. */
import { exec } from '../../lib/exec.ts';
import { which } from '../../lib/which.ts';
import { installFailed, type PackageManager } from './package-manager.ts';

export const WINGET_ID = 'ggml.llamacpp';
const EXACT = ['--exact', '--id', WINGET_ID, '--accept-source-agreements', '--disable-interactivity'];

export function createWinget(env: NodeJS.ProcessEnv): PackageManager {
  const winget = which('winget', env);
  return {
    id: 'winget',
    available: async () => winget !== undefined,
    async installed(signal) {
      if (winget === undefined) return new Map();
      const { stdout } = await exec(winget, ['list', ...EXACT], { env, signal });
      const version = new RegExp(`${WINGET_ID.replace('.', '\\.')}\\s+(\\S+)`, 'i').exec(stdout)?.[1];
      return new Map(version === undefined ? [] : [[WINGET_ID, version]]);
    },
    async install(spec, { signal, report }) {
      report({ message: `winget is installing ${spec.name}` });
      const args = ['install', ...EXACT, '--accept-package-agreements', '--silent'];
      const result = await exec(winget ?? 'winget', args, { env, signal });
      if (result.code !== 0)
        throw installFailed(
          'winget',
          spec,
          result,
          `Run \`winget install ${spec.name}\` yourself, or unset AILAB_RUNTIME.`,
        );
    },
  };
}
