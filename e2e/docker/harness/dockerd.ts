/** One private `dockerd`: its folders, its process, and what happens to it in a fault test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBridge, removeBridge } from './bridge.ts';
import { cacheFolder } from './cache.ts';
import { engineAnswers } from './engine-api.ts';
import { findProgram, run, systemEnv } from './run.ts';

const SYSTEM_CONTAINERD = '/run/containerd/containerd.sock';
const START_MS = 60_000;
const STOP_MS = 20_000;

export interface DockerdPaths {
  /** Images, containers, volumes: in the cache folder, so that images outlive a run. */
  dataRoot: string;
  /** Sockets and pid files. Short, because a socket's path may have 107 characters. */
  runFolder: string;
  execRoot: string;
  pidFile: string;
  /** Empty, in place of the /etc/docker/daemon.json that may be the user's. */
  configFile: string;
  socket: string;
  logFile: string;
}

export function dockerdPaths(): DockerdPaths {
  const cache = cacheFolder();
  const runFolder = join('/run/ailab-web-test', createHash('sha256').update(cache).digest('hex').slice(0, 8));
  return {
    dataRoot: join(cache, 'engine'),
    runFolder,
    execRoot: join(runFolder, 'exec'),
    pidFile: join(runFolder, 'docker.pid'),
    configFile: join(runFolder, 'daemon.json'),
    socket: join(runFolder, 'docker.sock'),
    logFile: join(cache, 'dockerd.log'),
  };
}

export class Dockerd {
  readonly paths = dockerdPaths();
  #child: ChildProcess | undefined;

  /** Of the living daemon. */
  get pid(): number | undefined {
    return this.#child?.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  /** Starts the daemon and waits until it answers. Processes that an earlier run left behind are ended first. */
  async start(): Promise<void> {
    const { paths } = this;
    await endLeftovers(paths);
    mkdirSync(paths.dataRoot, { recursive: true });
    mkdirSync(paths.execRoot, { recursive: true, mode: 0o700 });
    writeFileSync(paths.configFile, '{}');
    // A pid file of a machine that went down may name any process of today.
    for (const file of [paths.pidFile, join(paths.execRoot, 'containerd', 'containerd.pid'), paths.socket])
      rmSync(file, { force: true });
    const bridge = await makeBridge(paths.runFolder);
    const log = openSync(paths.logFile, 'w');
    // The daemon leaves when this process does, however this process ends.
    const program = ['setpriv', '--pdeathsig', 'TERM', findProgram('dockerd') ?? 'dockerd'];
    const child = spawn(program[0] as string, [...program.slice(1), ...this.#flags(bridge)], {
      stdio: ['ignore', log, log],
      detached: true,
      env: systemEnv(),
    });
    closeSync(log);
    child.unref();
    this.#child = child;
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    const begun = Date.now();
    while (!(await engineAnswers(`unix://${paths.socket}`, 1000))) {
      if (failure !== undefined) throw failure;
      if (this.pid === undefined) throw new Error(`dockerd ended at once. ${this.#lastLog()}`);
      if (Date.now() - begun > START_MS)
        throw new Error(`dockerd did not answer within ${START_MS / 1000} s. ${this.#lastLog()}`);
      await sleep(30);
    }
  }

  /** SIGTERM, and SIGKILL when it does not go. */
  async stop(): Promise<void> {
    this.resume();
    await this.#end('SIGTERM', STOP_MS).catch(() => this.kill9());
    await removeBridge(this.paths.runFolder);
    await unmountUnder(this.paths.dataRoot);
  }

  /** What a crash of the engine looks like: no clean-up of any kind; its containers run on. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL', 5000);
  }

  /** The engine hangs: connections are taken and never answered. */
  suspend(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGCONT');
  }

  async #end(signal: NodeJS.Signals, withinMs: number): Promise<void> {
    const { pid } = this;
    if (pid === undefined) return;
    process.kill(pid, signal);
    const begun = Date.now();
    while (this.pid !== undefined) {
      if (Date.now() - begun > withinMs)
        throw new Error(`dockerd ${pid} outlives ${signal} by ${withinMs} ms.`);
      await sleep(10);
    }
  }

  #flags(bridge: string): string[] {
    const { configFile, dataRoot, execRoot, pidFile, socket } = this.paths;
    const flags = {
      'config-file': configFile,
      'data-root': dataRoot,
      'exec-root': execRoot,
      pidfile: pidFile,
      host: `unix://${socket}`,
      bridge,
      'storage-driver': 'overlay2',
      // The machine's firewall and routing are not ours to change; ports on the loopback need neither.
      iptables: 'false',
      'ip-forward': 'false',
      // No way leads out of a container then. With ndots, a service's name that isn't there fails at once, as it does
      // where a name server answers; without, it takes 10 s.
      dns: '127.0.0.1',
      'dns-opt': 'ndots:1',
      // dockerd joins the system's containerd when there is one; there it keeps to its own namespaces.
      ...(existsSync(SYSTEM_CONTAINERD) && {
        'containerd-namespace': 'ailab-test',
        'containerd-plugins-namespace': 'ailab-test-plugins',
      }),
    };
    return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  }

  #lastLog(): string {
    const lines = readFileSync(this.paths.logFile, 'utf8').trim().split('\n').slice(-8);
    return `Its last lines (${this.paths.logFile}):\n${lines.join('\n')}`;
  }
}

/** A crashed daemon leaves its containers' mounts, and with them a cache folder that nobody can remove. */
async function unmountUnder(folder: string): Promise<void> {
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path === folder || path.startsWith(`${folder}/`));
  for (const path of mounted.toReversed()) await run('umount', [path]).catch(() => undefined);
}

/** Ends daemons that work in our folders: those of a run that was killed. */
async function endLeftovers(paths: DockerdPaths): Promise<void> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurs(name, paths));
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
  const begun = Date.now();
  while (pids.some((pid) => isOurs(pid, paths))) {
    if (Date.now() - begun > 5000)
      throw new Error(`Daemons of an earlier run don't end: ${pids.join(', ')}.`);
    await sleep(20);
  }
}

function isOurs(pid: string, { dataRoot, execRoot }: DockerdPaths): boolean {
  try {
    const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return (
      /(^|\/)(dockerd|containerd)$/.test(program) &&
      args.some((arg) => arg === `--data-root=${dataRoot}` || arg.startsWith(execRoot))
    );
  } catch {
    return false;
  }
}
