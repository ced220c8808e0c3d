/**
 * Where Docker listens: DOCKER_HOST, else the current Docker context, else the usual sockets. Contexts are read from
 * the files the docker CLI keeps (`contexts/meta/<sha256 of the name>/meta.json`), which costs no program start.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { LabError } from '../../lib/errors.ts';
import { parseJson } from '../../lib/json.ts';

export interface DockerHost {
  /** As DOCKER_HOST would say it, e.g. `unix:///var/run/docker.sock`. */
  url: string;
  /** Who said so, in words: `DOCKER_HOST`, `Docker context "colima"`, `default socket`. */
  origin: string;
}

export interface HostPlatform {
  platform: NodeJS.Platform;
  homeFolder: string;
  exists(path: string): boolean;
  read(path: string): string | undefined;
}

export const thisMachine: HostPlatform = {
  platform: process.platform,
  homeFolder: homedir(),
  exists: existsSync,
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};

/** Throws `docker_not_found`, `docker_context_unknown` or `docker_remote_unsupported`. */
export function findDockerHost(env: NodeJS.ProcessEnv, machine: HostPlatform = thisMachine): DockerHost {
  const told = env['DOCKER_HOST'];
  if (told !== undefined && told !== '') return supported({ url: told, origin: 'DOCKER_HOST' });
  const context = contextName(env, machine);
  if (context !== undefined) return supported(contextHost(context, env, machine));
  const sockets = usualSockets(env, machine);
  const found = machine.platform === 'win32' ? sockets[0] : sockets.find((path) => machine.exists(path));
  if (found === undefined) throw notFound(sockets);
  return machine.platform === 'win32'
    ? { url: `npipe://${found}`, origin: 'default pipe' }
    : { url: `unix://${found}`, origin: 'default socket' };
}

/** DOCKER_CONFIG, else `.docker` in the user's folder. */
export function dockerConfigFolder(env: NodeJS.ProcessEnv, machine: HostPlatform): string {
  const told = env['DOCKER_CONFIG'];
  return told === undefined || told === '' ? join(machine.homeFolder, '.docker') : told;
}

const cliConfig = z.object({ currentContext: z.string().optional() });

function contextName(env: NodeJS.ProcessEnv, machine: HostPlatform): string | undefined {
  const told = env['DOCKER_CONTEXT'];
  if (told !== undefined && told !== '') return told === 'default' ? undefined : told;
  const text = machine.read(join(dockerConfigFolder(env, machine), 'config.json'));
  const parsed = cliConfig.safeParse(parseJson(text));
  const name = parsed.success ? parsed.data.currentContext : undefined;
  return name === undefined || name === '' || name === 'default' ? undefined : name;
}

const contextMeta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string().min(1) }) }) });

function contextHost(name: string, env: NodeJS.ProcessEnv, machine: HostPlatform): DockerHost {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(dockerConfigFolder(env, machine), 'contexts', 'meta', id, 'meta.json');
  const parsed = contextMeta.safeParse(parseJson(machine.read(file)));
  if (!parsed.success) {
    throw new LabError({
      code: 'docker_context_unknown',
      message: `The current Docker context is "${name}", but ${file} does not say where it listens.`,
      fix: 'Run `docker context ls` and choose another one with `docker context use NAME`, or set DOCKER_HOST.',
      status: 503,
    });
  }
  return { url: parsed.data.Endpoints.docker.Host, origin: `Docker context "${name}"` };
}

/** Docker Engine, Docker Desktop, rootless, Colima, OrbStack, Rancher Desktop. */
function usualSockets(env: NodeJS.ProcessEnv, { platform, homeFolder }: HostPlatform): string[] {
  if (platform === 'win32') return ['//./pipe/docker_engine'];
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    ...(platform === 'linux' ? ['/var/run/docker.sock'] : []),
    join(homeFolder, '.docker/run/docker.sock'),
    join(homeFolder, '.docker/desktop/docker.sock'),
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'docker.sock')]),
    join(homeFolder, '.colima/default/docker.sock'),
    join(homeFolder, '.orbstack/run/docker.sock'),
    join(homeFolder, '.rd/docker.sock'),
    ...(platform === 'linux' ? [] : ['/var/run/docker.sock']),
  ];
}

/** A lab publishes ports and mounts folders of this machine, so its Docker is this machine's. */
function supported(host: DockerHost): DockerHost {
  if (/^(unix|npipe):\/\//.test(host.url)) return host;
  const local = /^(tcp|http):\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\/?$/.test(host.url);
  if (local) return host;
  throw new LabError({
    code: 'docker_remote_unsupported',
    message: `${host.origin} names ${host.url.replace(/\/\/[^@/]*@/, '//')}, which is not a Docker of this machine.`,
    fix: 'Use a local Docker (`docker context use default`, or unset DOCKER_HOST), or --engine embedded.',
    status: 400,
  });
}

function notFound(sockets: readonly string[]): LabError {
  return new LabError({
    code: 'docker_not_found',
    message: `No Docker was found: DOCKER_HOST is not set, no Docker context is chosen, and none of these is there: ${sockets.join(', ')}.`,
    fix: 'Start Docker (or install it: https://docs.docker.com/engine/install/), or use --engine embedded, which needs none.',
    status: 503,
  });
}
