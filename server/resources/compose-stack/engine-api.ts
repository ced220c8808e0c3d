/**
 * The Engine API as this resource uses it: every call has a deadline, every answer is parsed, every failure is named.
 * The one place that touches dockerode, whose own types say `any` for most answers.
 */
import { Readable } from 'node:stream';
import type * as z from 'zod';
import { findDockerHost, type DockerHost } from './docker-host.ts';
import { dockerTrouble, MIN_API, statusCodeOf, tooOld } from './docker-trouble.ts';
import { createEngineGet } from './engine-get.ts';
import * as types from './engine-types.ts';
import { PROJECT_LABEL } from './layout.ts';
import type { RegistryAuth } from './registry-login.ts';

export interface LogOptions {
  follow: boolean;
  tail: number;
}

export interface EngineApi {
  readonly host: DockerHost;
  /** Resolves when it answers at all. */
  ping(signal: AbortSignal): Promise<void>;
  version(signal: AbortSignal): Promise<{ engine: string; api: string }>;
  info(signal: AbortSignal): Promise<types.EngineInfo>;
  /** All containers, running or not; of one Compose project where one is named. */
  containers(project: string | null, signal: AbortSignal): Promise<types.ContainerSummary[]>;
  /** Null when it is gone. */
  container(id: string, signal: AbortSignal): Promise<types.ContainerDetails | null>;
  image(reference: string, signal: AbortSignal): Promise<types.ImageDetails | null>;
  /** The layers of every image that is here, lowest first. */
  imageLayers(signal: AbortSignal): Promise<string[][]>;
  stats(id: string, signal: AbortSignal): Promise<types.ContainerStats>;
  /** SIGTERM, the container's own grace time, SIGKILL, then removal. Gone already is done. */
  stopAndRemove(id: string, signal: AbortSignal): Promise<void>;
  /** Runs a program in a container; its output is bounded. */
  exec(
    id: string,
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ code: number; output: string }>;
  networks(project: string, signal: AbortSignal): Promise<string[]>;
  /** False when something is still attached to it. */
  removeNetwork(id: string, signal: AbortSignal): Promise<boolean>;
  volumes(project: string, signal: AbortSignal): Promise<string[]>;
  removeVolume(name: string, signal: AbortSignal): Promise<void>;
  /** These streams have no deadline of their own; destroying one or aborting ends it. */
  events(project: string, signal: AbortSignal): Promise<Readable>;
  pull(reference: string, auth: RegistryAuth | null, signal: AbortSignal): Promise<Readable>;
  logs(id: string, options: LogOptions, signal: AbortSignal): Promise<Readable>;
}

const ANSWER_MS = 8000;
/** Stopping waits for the container's grace time, 30 s at most in this stack. */
const STOP_MS = 60_000;
const EXEC_MS = 60_000;
const EXEC_KEEP = 8192;

/** Engines that have been found new enough, by their address. Asking for the version costs ten times a ping. */
const proven = new Map<string, EngineApi>();

/** Finds Docker and proves that it answers and is new enough. Each kind of trouble has its own code. */
export async function connectEngine(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<EngineApi> {
  const host = findDockerHost(env);
  const known = proven.get(host.url);
  if (known !== undefined) {
    await known.ping(signal);
    return known;
  }
  const api = await openEngine(host);
  const { engine, api: version } = await api.version(signal);
  if (olderThan(version, MIN_API)) throw tooOld(api.host, version, engine);
  proven.set(host.url, api);
  return api;
}

/** The engine that was proven before; null where none was. Asks nobody. */
export function knownEngine(env: NodeJS.ProcessEnv): EngineApi | null {
  return proven.get(findDockerHost(env).url) ?? null;
}

/** As connectEngine, but an engine that was proven before isn't asked: for a caller whose next question tells. */
export async function reachEngine(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<EngineApi> {
  return knownEngine(env) ?? (await connectEngine(env, signal));
}

export function olderThan(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

function clientOptions({ url }: DockerHost) {
  if (url.startsWith('unix://')) return { socketPath: url.slice('unix://'.length) };
  if (url.startsWith('npipe://')) return { socketPath: url.slice('npipe://'.length) };
  const { hostname, port } = new URL(url.replace(/^tcp:/, 'http:'));
  return { protocol: 'http' as const, host: hostname, port: Number(port === '' ? 2375 : port) };
}

/** Loaded on demand, so that a lab without Docker pays nothing for the client. */
export async function openEngine(host: DockerHost): Promise<EngineApi> {
  const { default: Docker } = await import('dockerode');
  const options = clientOptions(host);
  const docker = new Docker(options);
  const get = createEngineGet(options, ANSWER_MS);

  async function ask<T>(
    what: string,
    signal: AbortSignal,
    work: (options: { abortSignal: AbortSignal }) => Promise<T>,
    deadline = ANSWER_MS,
  ): Promise<T> {
    const limit = AbortSignal.timeout(deadline);
    try {
      return await work({ abortSignal: AbortSignal.any([signal, limit]) });
    } catch (error) {
      signal.throwIfAborted();
      throw dockerTrouble(limit.aborted ? limit.reason : error, host, what);
    }
  }

  // dockerode takes an abortSignal everywhere, also where its types don't know it.
  const untyped = docker as unknown as Record<'info' | 'version', (options: object) => Promise<unknown>>;
  /** A plain question has its deadline without a signal of its own: a look asks many. */
  async function question<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw dockerTrouble(error, host, what);
    }
  }
  const inspect = <T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | null> =>
    orNull(get.parsed(path, schema, signal));

  return {
    host,
    ping: (signal) =>
      question('asking whether it is there', signal, async () => void (await get.text('/_ping', signal))),
    version: (signal) =>
      ask('asking for its version', signal, async (options) => {
        const { Version, ApiVersion } = types.engineVersion.parse(await untyped.version(options));
        return { engine: Version, api: ApiVersion };
      }),
    info: (signal) =>
      ask('asking what it offers', signal, async (options) =>
        types.engineInfo.parse(await untyped.info(options)),
      ),
    containers: (project, signal) =>
      question('listing containers', signal, () =>
        get.text(listPath(project), signal).then((text) => types.containerList.parse(JSON.parse(text))),
      ),
    container: (id, signal) =>
      question('inspecting a container', signal, () =>
        inspect(`/containers/${encodeURIComponent(id)}/json`, types.containerDetails, signal),
      ),
    image: (reference, signal) =>
      question('inspecting an image', signal, () =>
        inspect(imagePath(reference), types.imageDetails, signal),
      ),
    imageLayers: (signal) =>
      ask('listing images', signal, async (options) => {
        const images = await docker.listImages(options);
        const inspect = async ({ Id }: { Id: string }) =>
          types.imageDetails.nullable().parse(await orNull(docker.getImage(Id).inspect(options as object)));
        const details = await Promise.all(images.map(inspect));
        return details.map((image) => image?.RootFS?.Layers ?? []);
      }),
    stats: (id, signal) =>
      ask('reading usage', signal, async (options) =>
        types.containerStats.parse(
          await docker.getContainer(id).stats({ stream: false, 'one-shot': true, ...options }),
        ),
      ),
    stopAndRemove: (id, signal) =>
      ask(
        'stopping a container',
        signal,
        async (options) => {
          const container = docker.getContainer(id);
          await settled(container.stop({ ...options }), [304, 404]);
          await settled(container.remove({ v: false, force: true, ...options }), [404, 409]);
        },
        STOP_MS,
      ),
    exec: (id, command, signal) =>
      ask(
        'running a program in a container',
        signal,
        async (options) => {
          const made = await docker
            .getContainer(id)
            .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, ...options });
          const output = await made.start({ ...options });
          let text = '';
          for await (const chunk of output) text = (text + String(chunk)).slice(-EXEC_KEEP);
          const { ExitCode } = await made.inspect(options);
          return { code: ExitCode ?? -1, output: text };
        },
        EXEC_MS,
      ),
    networks: (project, signal) =>
      ask('listing networks', signal, async (options) =>
        (await docker.listNetworks({ ...labelled(project), ...options })).map(({ Id }) => Id),
      ),
    removeNetwork: (id, signal) =>
      ask('removing a network', signal, async (options) => {
        try {
          await docker.getNetwork(id).remove(options);
          return true;
        } catch (error) {
          if (statusCodeOf(error) === 404) return true;
          if (statusCodeOf(error) === 403 || statusCodeOf(error) === 409) return false;
          throw error;
        }
      }),
    volumes: (project, signal) =>
      ask('listing volumes', signal, async (options) =>
        (await docker.listVolumes({ ...labelled(project), ...options })).Volumes.map(({ Name }) => Name),
      ),
    removeVolume: (name, signal) =>
      ask('removing a volume', signal, async (options) => {
        await settled(docker.getVolume(name).remove(options), [404]);
      }),
    events: (project, signal) =>
      stream('listening to events', signal, () =>
        docker.getEvents({
          filters: { label: [`${PROJECT_LABEL}=${project}`], type: ['container'] },
          abortSignal: signal,
        }),
      ),
    pull: (reference, auth, signal) =>
      stream(`pulling ${reference}`, signal, () =>
        docker.pull(reference, { abortSignal: signal, ...(auth === null ? {} : { authconfig: auth }) }),
      ),
    logs: (id, { follow, tail }, signal) =>
      stream('reading logs', signal, async () => {
        const container = docker.getContainer(id);
        const options = { stdout: true, stderr: true, timestamps: true, tail, abortSignal: signal };
        // Without `follow` the client hands over the whole text at once.
        return follow
          ? container.logs({ ...options, follow })
          : Readable.from([await container.logs({ ...options, follow })]);
      }),
  };

  /** The deadline is for the answer's head only. */
  async function stream(
    what: string,
    signal: AbortSignal,
    open: () => Promise<NodeJS.ReadableStream>,
  ): Promise<Readable> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DOMException('no answer', 'TimeoutError')), ANSWER_MS);
    });
    const opened = open();
    try {
      return (await Promise.race([opened, late])) as Readable;
    } catch (error) {
      void opened.then((left) => (left as Readable).destroy()).catch(() => undefined);
      signal.throwIfAborted();
      throw dockerTrouble(error, host, what);
    } finally {
      clearTimeout(timer);
    }
  }
}

const imagePath = (reference: string): string =>
  `/images/${reference.split('/').map(encodeURIComponent).join('/')}/json`;

/** All of them, running or not. */
const listPath = (project: string | null): string =>
  project === null
    ? '/containers/json?all=true'
    : `/containers/json?all=true&filters=${encodeURIComponent(JSON.stringify(labelled(project).filters))}`;

const labelled = (project: string) => ({ filters: { label: [`${PROJECT_LABEL}=${project}`] } });

/** The answer, or null for 404. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (statusCodeOf(error) === 404) return null;
    throw error;
  }
}

async function settled(work: Promise<unknown>, fine: readonly number[]): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!fine.includes(statusCodeOf(error) ?? 0)) throw error;
  }
}
