/**
 * A real Docker engine for tests. Where a Docker is reachable it is used, and nothing is removed there but what a
 * test names; on a bare Debian as root the harness brings an engine and Compose of its own.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isAlive } from '../../../server/lib/process-identity.ts';
import { cacheFolder, saying } from './cache.ts';
import { cleanUp } from './clean-up.ts';
import { composeConfigFolder } from './compose.ts';
import { installEngine, isDebian } from './debian.ts';
import { Dockerd } from './dockerd.ts';
import { engineAnswers } from './engine-api.ts';
import { readHolder, takeLock } from './lock.ts';
import { findProgram, run } from './run.ts';

interface EngineBase {
  /** `unix:///…`, or `npipe://…` on Windows. */
  readonly dockerHost: string;
  /** Goes over the environment of whatever is to use this engine. */
  readonly env: Readonly<Record<string, string>>;
  /** The `docker` command on this engine; its stdout, or throws with its last words. */
  docker(...args: string[]): Promise<string>;
  /** Removes containers, networks and volumes of one Compose project. */
  removeProject(project: string): Promise<void>;
  /** Of a private engine: removes every container and ends the daemon. Of an existing one: nothing. */
  stop(): Promise<void>;
}

export interface ExistingEngine extends EngineBase {
  readonly kind: 'existing';
}

export interface PrivateEngine extends EngineBase {
  readonly kind: 'private';
  /** As `env`, with a client that has no Compose plug-in (unless the system itself has one). */
  readonly envWithoutCompose: Readonly<Record<string, string>>;
  readonly dataRoot: string;
  readonly logFile: string;
  pid(): number | undefined;
  /** The daemon crashes. Containers run on until `restart`, which ends them as Docker does without live-restore. */
  kill9(): Promise<void>;
  /** Stops the daemon when it runs, then starts it on the same data and waits until it answers. */
  restart(): Promise<void>;
  /** The daemon is stopped; `restart` brings it back. */
  halt(): Promise<void>;
  /** The daemon hangs: it takes connections and never answers, until `resume`. */
  suspend(): void;
  resume(): void;
}

export interface NoEngine {
  readonly kind: 'none';
  /** Why there is no engine here, and what to do about it. */
  readonly unavailable: string;
}

export type TestEngine = PrivateEngine | ExistingEngine;

/** The Docker that is reachable here, else a private one, else the reason why neither. */
export async function startTestEngine(): Promise<TestEngine | NoEngine> {
  const existing = await findExistingEngine();
  if (existing?.kind === 'existing') return existing;
  const why = whyNotPrivate();
  if (why === undefined) return await startPrivateEngine();
  return existing ?? unavailable(why);
}

/** As startTestEngine; throws in CI when there is no engine, because there a skipped test would hide the loss. */
export async function startTestEngineOrSkip(): Promise<TestEngine | NoEngine> {
  const engine = await startTestEngine();
  if (engine.kind === 'none' && (process.env['CI'] ?? '') !== '') throw new Error(engine.unavailable);
  return engine;
}

/** Why this machine can't have a private engine; undefined when it can. */
function whyNotPrivate(): string | undefined {
  if (!isDebian() || process.getuid?.() !== 0)
    return 'No Docker is reachable here, and only on Debian as root do these tests bring their own. Start Docker, then run them again.';
  if (existsSync('/run/systemd/system') && findProgram('dockerd') === undefined)
    return 'No Docker is installed, and these tests do not install one where systemd would start it for the whole machine. Run `apt-get install docker.io`, then run them again.';
  return undefined;
}

/** Starts the private engine, after whoever else holds it has stopped. Its images are those of earlier runs. */
export async function startPrivateEngine(): Promise<PrivateEngine> {
  const why = whyNotPrivate();
  if (why !== undefined) throw new Error(why);
  const lockFile = join(cacheFolder(), 'engine.lock');
  const holder = readHolder(lockFile);
  if (holder?.pid === process.pid && isAlive(holder))
    throw new Error('This process has the private engine already; stop() it before it is started again.');
  const lock = await takeLock(lockFile, 'the private Docker engine');
  const daemon = new Dockerd();
  try {
    const [config] = await Promise.all([composeConfigFolder(), installEngine()]);
    await saying('starting the private Docker engine', async () => {
      await daemon.start();
      await cleanUp(`unix://${daemon.paths.socket}`, null);
    });
    const bare = join(cacheFolder(), 'client-without-compose');
    mkdirSync(bare, { recursive: true });
    const base = engineBase(`unix://${daemon.paths.socket}`, { DOCKER_CONFIG: config });
    return {
      ...base,
      kind: 'private',
      envWithoutCompose: { ...base.env, DOCKER_CONFIG: bare },
      dataRoot: daemon.paths.dataRoot,
      logFile: daemon.paths.logFile,
      pid: () => daemon.pid,
      kill9: () => daemon.kill9(),
      halt: () => daemon.stop(),
      async restart() {
        await daemon.stop();
        await daemon.start();
      },
      suspend: () => daemon.suspend(),
      resume: () => daemon.resume(),
      async stop() {
        daemon.resume();
        try {
          // Containers outlive a crashed daemon; only a living one can end them.
          if (daemon.pid === undefined) await daemon.start();
          await cleanUp(base.dockerHost, null);
        } finally {
          await daemon.stop();
          lock.release();
        }
      },
    };
  } catch (error) {
    await daemon.stop();
    lock.release();
    throw error;
  }
}

const endpointSchema = z.string().regex(/^(unix|npipe|tcp|ssh|https?):\/\//);

/** A Docker on this machine that answers and has Compose; why not, when there is one that won't do. */
async function findExistingEngine(): Promise<ExistingEngine | NoEngine | undefined> {
  if (findProgram('docker') === undefined) return undefined;
  const fromEnv = process.env['DOCKER_HOST'] ?? '';
  const asked = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const endpoint = fromEnv === '' ? (await run('docker', asked).catch(() => '')).trim() : fromEnv;
  const dockerHost = endpointSchema.safeParse(endpoint).data ?? 'unix:///var/run/docker.sock';
  if (!/^(unix|npipe):/.test(dockerHost))
    return unavailable(
      'Docker is on another machine here, and its ports are not published on this one. Set DOCKER_HOST to a local socket.',
    );
  if (!(await engineAnswers(dockerHost))) return undefined;
  const hasCompose = await run('docker', ['compose', 'version'], { timeoutMs: 20_000 }).then(
    () => true,
    () => false,
  );
  if (!hasCompose && !isDebian())
    return unavailable(
      'Docker is here, but its Compose plug-in is not. Install it (package docker-compose-plugin), then run the tests again.',
    );
  const config: Record<string, string> = hasCompose ? {} : { DOCKER_CONFIG: await composeConfigFolder() };
  return { ...engineBase(dockerHost, config), kind: 'existing' };
}

function unavailable(reason: string): NoEngine {
  return { kind: 'none', unavailable: reason };
}

function engineBase(dockerHost: string, more: Record<string, string>): EngineBase {
  const env = { DOCKER_HOST: dockerHost, ...more };
  return {
    dockerHost,
    env,
    docker: (...args) => run('docker', args, { env }),
    removeProject: (project) => cleanUp(dockerHost, `com.docker.compose.project=${project}`),
    stop: () => Promise.resolve(),
  };
}
