/**
 * The Compose program: the plug-in itself where it is found (starting it directly saves the docker command's own
 * start), else `docker compose`, else a `docker-compose` on the PATH.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { errnoOf, isLabError, LabError } from '../../lib/errors.ts';
import { exec } from '../../lib/exec.ts';
import { isProgram, which } from '../../lib/which.ts';
import { olderThan } from './engine-api.ts';

export interface ComposeCommand {
  file: string;
  args: readonly string[];
}

/** `--progress json` and `up --pull never` are older; `create_host_path` and merging of `deploy` are settled by then. */
export const MIN_COMPOSE = '2.20';

const VERSION_MS = 15_000;

export function findCompose(env: NodeJS.ProcessEnv): ComposeCommand {
  const name = process.platform === 'win32' ? 'docker-compose.exe' : 'docker-compose';
  for (const folder of pluginFolders(env)) {
    if (isProgram(join(folder, name))) return { file: join(folder, name), args: [] };
  }
  const docker = which('docker', env);
  if (docker !== undefined) return { file: docker, args: ['compose'] };
  const standalone = which('docker-compose', env);
  if (standalone !== undefined) return { file: standalone, args: [] };
  throw missing('neither the docker command nor the plug-in was found', pluginFolders(env));
}

/** Source: docker/cli cli-plugins/manager (user's folder, config's extra folders, then the system's). */
function pluginFolders(env: NodeJS.ProcessEnv): string[] {
  const told = env['DOCKER_CONFIG'];
  const config = told === undefined || told === '' ? join(homedir(), '.docker') : told;
  const system =
    process.platform === 'win32'
      ? [join(env['ProgramData'] ?? 'C:\\ProgramData', 'Docker', 'cli-plugins')]
      : [
          '/usr/local/lib/docker/cli-plugins',
          '/usr/local/libexec/docker/cli-plugins',
          '/usr/lib/docker/cli-plugins',
          '/usr/libexec/docker/cli-plugins',
        ];
  return [join(config, 'cli-plugins'), ...extraFolders(join(config, 'config.json')), ...system];
}

const extra = z.object({ cliPluginsExtraDirs: z.array(z.string()).optional() });

function extraFolders(file: string): string[] {
  try {
    const parsed = extra.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? (parsed.data.cliPluginsExtraDirs ?? []) : [];
  } catch {
    return [];
  }
}

/** E.g. `2.40.3`. Throws `compose_missing` or `compose_too_old`. */
export async function composeVersion(
  command: ComposeCommand,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  let text: string;
  try {
    const result = await exec(command.file, [...command.args, 'version', '--short'], {
      env,
      signal: AbortSignal.any([signal, AbortSignal.timeout(VERSION_MS)]),
    });
    if (result.code !== 0) throw missing(whatItSaid(result.stderr), pluginFolders(env));
    text = result.stdout.trim().replace(/^v/, '');
  } catch (error) {
    signal.throwIfAborted();
    if (isLabError(error)) throw error;
    throw missing(`${command.file} can't be run (${errnoOf(error) ?? 'no answer'})`, pluginFolders(env));
  }
  if (!/^\d+\.\d+/.test(text))
    throw missing(`\`docker compose version\` said "${text.slice(0, 80)}"`, pluginFolders(env));
  if (olderThan(text, MIN_COMPOSE)) throw tooOld(text);
  return text;
}

/** Without the plug-in, Docker takes `compose` for a flag too many and answers with its whole help. */
function whatItSaid(stderr: string): string {
  const [first = ''] = stderr.trim().split('\n');
  return first === '' || /unknown (?:shorthand )?flag|--help/.test(first)
    ? '`docker compose` is no command of it'
    : first;
}

function missing(why: string, folders: readonly string[]): LabError {
  return new LabError({
    code: 'compose_missing',
    message: `Docker is here, but its Compose plug-in is not: ${why.replace(/\.$/, '')}. Looked in ${folders.join(', ')}.`,
    fix: 'Install the package docker-compose-plugin (https://docs.docker.com/compose/install/linux/), or use --engine embedded.',
    status: 503,
  });
}

function tooOld(version: string): LabError {
  return new LabError({
    code: 'compose_too_old',
    message: `Docker Compose ${version} is too old; the lab needs ${MIN_COMPOSE} or newer.`,
    fix: 'Update Docker Desktop or the package docker-compose-plugin, or use --engine embedded.',
    status: 503,
  });
}
