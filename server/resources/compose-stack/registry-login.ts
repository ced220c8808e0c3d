/**
 * The login for an image's registry, as `docker pull` finds it: DOCKER_AUTH_CONFIG, the registry's credential helper,
 * the store of all, or `auths` in config.json. Goes to the engine in a header; never into a log, argument or error.
 * Source: docker/cli, cli/config (configfile, credentials) and its credential-helper protocol.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { exec } from '../../lib/exec.ts';
import { parseJson } from '../../lib/json.ts';
import { which } from '../../lib/which.ts';
import { dockerConfigFolder, thisMachine, type HostPlatform } from './docker-host.ts';

/** X-Registry-Auth of the Engine API. */
export interface RegistryAuth {
  serveraddress: string;
  username?: string;
  password?: string;
  identitytoken?: string;
  registrytoken?: string;
}

export interface RegistryLogin {
  /** Null: none is known, and the pull is anonymous. */
  auth: RegistryAuth | null;
  /** Why a configured helper gave none, in words without a secret; null when nothing went wrong. */
  trouble: string | null;
}

const HUB = 'https://index.docker.io/v1/';

/** The name under which the Docker client keeps the login of this image's registry. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return !named || first === 'docker.io' || first === 'index.docker.io' ? HUB : first;
}

const text = z.string().optional();
const entry = z.object({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});
const auths = z.record(z.string(), entry).optional();
const clientConfig = z.object({
  auths,
  credsStore: text,
  credHelpers: z.record(z.string(), z.string()).optional(),
});
type ClientConfig = z.infer<typeof clientConfig>;

/** Asks a helper program; its stdout, or throws. */
type AskHelper = (name: string, registry: string) => Promise<string>;

export async function registryLogin(
  image: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  { machine = thisMachine, ask = askHelper(env, signal) }: { machine?: HostPlatform; ask?: AskHelper } = {},
): Promise<RegistryLogin> {
  const registry = registryOf(image);
  const told = fromEntries(registry, parse(env['DOCKER_AUTH_CONFIG']).auths);
  if (told !== null) return { auth: told, trouble: null };
  const config = parse(machine.read(join(dockerConfigFolder(env, machine), 'config.json')));
  const helper = config.credHelpers?.[registry] ?? config.credsStore ?? '';
  if (helper === '') return { auth: fromEntries(registry, config.auths), trouble: null };
  try {
    return { auth: fromHelper(registry, await ask(helper, registry)), trouble: null };
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return { auth: null, trouble: `docker-credential-${helper} gave no login for ${registry}: ${why}` };
  }
}

function parse(source: string | undefined): ClientConfig {
  const parsed = clientConfig.safeParse(parseJson(source));
  return parsed.success ? parsed.data : {};
}

/** Old clients wrote keys as addresses (`https://ghcr.io/v1/`); they count for their host. */
function fromEntries(registry: string, entries: z.infer<typeof auths>): RegistryAuth | null {
  const found =
    entries?.[registry] ?? Object.entries(entries ?? {}).find(([key]) => hostOf(key) === registry)?.[1];
  if (found === undefined) return null;
  const { auth, username, password, identitytoken, registrytoken } = found;
  const [user, secret] = auth === undefined || auth === '' ? [username, password] : decoded(auth);
  const known = {
    ...(user === undefined ? {} : { username: user }),
    ...(secret === undefined ? {} : { password: secret }),
    ...(identitytoken === undefined ? {} : { identitytoken }),
    ...(registrytoken === undefined ? {} : { registrytoken }),
  };
  return Object.keys(known).length === 0 ? null : { serveraddress: registry, ...known };
}

const hostOf = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');

/** base64 of `user:password`; a NUL may follow. */
function decoded(auth: string): [string | undefined, string | undefined] {
  const pair = Buffer.from(auth, 'base64').toString('utf8');
  const at = pair.indexOf(':');
  return at < 1 ? [undefined, undefined] : [pair.slice(0, at), pair.slice(at + 1).replace(/\0+$/, '')];
}

const answer = z.object({ Username: z.string(), Secret: z.string() });

function fromHelper(registry: string, output: string): RegistryAuth {
  const parsed = answer.safeParse(parseJson(output));
  if (!parsed.success) throw new Error('its answer is not what a credential helper says');
  const { Username: username, Secret: secret } = parsed.data;
  return username === '<token>'
    ? { serveraddress: registry, identitytoken: secret }
    : { serveraddress: registry, username, password: secret };
}

const HELPER_MS = 15_000;

/** The registry goes in by stdin. Of what it says on failure nothing is passed on: it may hold anything. */
function askHelper(env: NodeJS.ProcessEnv, signal: AbortSignal): AskHelper {
  return async (name, registry) => {
    const program = /^[\w.-]+$/.test(name) ? which(`docker-credential-${name}`, env) : undefined;
    if (program === undefined) throw new Error('no such program is on the PATH');
    const { code, stdout } = await exec(program, ['get'], {
      env,
      input: registry,
      signal: AbortSignal.any([signal, AbortSignal.timeout(HELPER_MS)]),
    });
    if (code !== 0) throw new Error(`it ended with code ${code}`);
    return stdout;
  };
}
