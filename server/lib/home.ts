/**
 * The home: one folder that holds everything of one lab. `$AILAB_HOME`, else the platform's data folder for
 * `ailab-web`. 0700, because it holds keys.
 */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { errnoOf, LabError } from './errors.ts';

export interface Home {
  root: string;
  config: string;
  database: string;
  /** What the charts have summed up of a large ledger, for the next start; it can be missing. */
  ledgerSums: string;
  runtimes: string;
  /** Programs of others that a command asked for, each below its package manager's name. */
  tools: string;
  models: string;
  logs: string;
  backups: string;
  /** Address and secret of the running server; 0600; absent when none runs. */
  serverFile: string;
  /** Written by the supervisor alone. */
  runtimeFile: string;
  /** The model server's key, for the programs that take it from a file; 0600; absent when none runs. */
  runtimeKeyFile: string;
  /** The Compose project: `ai-lab` for the default home, else `ai-lab-<8 hex of the path>`. */
  project: string;
}

export function expandTilde(path: string): string {
  if (path === '~') return homedir();
  return path.startsWith('~/') || path.startsWith('~\\') ? join(homedir(), path.slice(2)) : path;
}

export function defaultHomePath(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'ailab-web');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'ailab-web');
  const xdg = env['XDG_DATA_HOME'];
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.local', 'share') : xdg, 'ailab-web');
}

export function locateHome(flag?: string, env: NodeJS.ProcessEnv = process.env): Home {
  const chosen = flag ?? (env['AILAB_HOME'] === '' ? undefined : env['AILAB_HOME']);
  const standard = defaultHomePath(env);
  const root = chosen === undefined ? standard : resolve(expandTilde(chosen));
  const project =
    root === standard ? 'ai-lab' : `ai-lab-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  return {
    root,
    config: join(root, 'ai-lab.yaml'),
    database: join(root, 'ailab.db'),
    ledgerSums: join(root, 'ledger-sums.bin'),
    runtimes: join(root, 'runtimes'),
    tools: join(root, 'tools'),
    models: join(root, 'models'),
    logs: join(root, 'logs'),
    backups: join(root, 'backups'),
    serverFile: join(root, 'server.json'),
    runtimeFile: join(root, 'runtime.json'),
    runtimeKeyFile: join(root, 'runtime.key'),
    project,
  };
}

/** Where a version of node-llama-cpp is installed: its `node_modules` is in this folder. */
export function runtimePrefix(home: Home, version: string): string {
  return join(home.runtimes, `node-llama-cpp-${version}`);
}

/** Makes the home and its folders; a home that can't be written is a named error, and nothing is half-made. */
export function ensureHome(home: Home): void {
  try {
    mkdirSync(home.root, { recursive: true, mode: 0o700 });
    if (!statSync(home.root).isDirectory())
      throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    if (process.platform !== 'win32') chmodSync(home.root, 0o700);
    accessSync(home.root, constants.W_OK | constants.X_OK);
    for (const folder of [home.runtimes, home.models, home.logs, home.backups])
      mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw homeError(home.root, errnoOf(error) === 'ENOENT' ? whyNotMade(home.root, error) : error);
  }
}

/** Node tells a read-only disk as ENOENT when it makes folders recursively; the nearest folder there is knows. */
function whyNotMade(root: string, error: unknown): unknown {
  let folder = dirname(root);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return error;
  } catch (reason) {
    return reason;
  }
}

export function homeError(root: string, error: unknown): LabError {
  const errno = errnoOf(error);
  if (errno === 'ENOSPC') {
    return new LabError({
      code: 'disk_full',
      message: `No space is left on the disk that holds the home ${root}.`,
      fix: 'Free some space, then run the same command again; or choose another place with --home FOLDER.',
      status: 507,
      cause: error,
    });
  }
  const why =
    errno === 'EROFS'
      ? 'the file system is read-only'
      : errno === 'EACCES' || errno === 'EPERM'
        ? 'you have no right to write there'
        : errno === 'ENOTDIR' || errno === 'EEXIST'
          ? 'something that is not a folder stands there'
          : String(errno ?? (error as Error).message);
  return new LabError({
    code: 'home_not_writable',
    message: `The home ${root} can't be used: ${why}.`,
    fix: 'Choose another place with --home FOLDER (or AILAB_HOME), or make this one writable for you.',
    cause: error,
  });
}

/** The user's own folder as `~`, so that a path means the same for another user; see expandTilde. */
export function shortenHome(path: string): string {
  const own = homedir();
  return path.startsWith(own + sep) ? `~/${path.slice(own.length + 1)}` : path;
}
