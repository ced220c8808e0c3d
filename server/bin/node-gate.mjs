// The version gate. It runs on any Node that knows ES modules and imports nothing that needs a newer one:
// better-sqlite3 13 ends Node 20 with a segmentation fault the moment a database is opened, without a word.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { watchParent } from './watch-parent.mjs';

const FLOOR = [22, 14];
const MAJOR = 24;

export function isCurrent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1]);
}

/** True: go on. False: a current Node runs `entry` in our place, and this process ends with its exit code. */
export function passNodeGate(entry, args) {
  if (isCurrent(process.versions.node)) return true;
  const node = currentNode();
  if (node === undefined) process.exit(1);
  const child = spawn(node, [entry, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // The system's own Node trusted what the system trusts (a company's certificates, too); this one is to do the same.
    env: { NODE_USE_SYSTEM_CA: '1', ...process.env },
  });
  // In a terminal Ctrl-C reaches the child by itself, and a second one would cut it short; all else comes to us alone.
  const inTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  process.on('SIGINT', () => {
    if (!inTerminal) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  watchParent(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  child.on('error', (error) => {
    console.error(`The Node in the cache could not be started: ${error.message}\n${FIX}`);
    process.exit(1);
  });
  return false;
}

const FIX = `Install Node ${MAJOR} (https://nodejs.org or your package manager), then run the same command again.`;

/** The path of a current Node from the cache, fetched from the npm registry when it is not there yet. */
function currentNode() {
  const name = platformPackage();
  const folder = join(cacheFolder(), `node-${MAJOR}`);
  const binary = join(
    folder,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (works(binary)) return binary;
  console.error(
    `ailab-web needs Node ${FLOOR.join('.')} or newer and this is ${process.versions.node}: getting Node ${MAJOR} from the npm registry into ${folder} (once).`,
  );
  const temporary =
    (mkdirSync(cacheFolder(), { recursive: true }), mkdtempSync(join(cacheFolder(), 'node-')));
  const result = runNpm([
    'install',
    '--prefix',
    temporary,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    `${name}@${MAJOR}`,
  ]);
  if (result.status === 0) {
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
    if (works(binary)) return binary;
  }
  rmSync(temporary, { recursive: true, force: true });
  const words = `${result.stderr ?? ''}${result.error === undefined ? '' : result.error.message}`
    .trim()
    .split('\n')
    .slice(-4)
    .join('\n');
  console.error(`Node ${MAJOR} could not be fetched:\n${words}\n${FIX}`);
  return undefined;
}

function works(binary) {
  if (!existsSync(binary)) return false;
  const result = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return result.status === 0 && isCurrent(result.stdout.trim().replace(/^v/, ''));
}

/** The registry's packages of Node itself; the macOS one for Apple silicon has another name. */
function platformPackage() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${platform}-${process.arch}`;
}

function cacheFolder() {
  if (process.platform === 'win32') return join(process.env.LOCALAPPDATA || homedir(), 'ailab-web', 'cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'ailab-web');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ailab-web');
}

/** npm as it was started with us, else the one on the PATH. */
export function runNpm(args, options = {}) {
  const script = process.env.npm_execpath;
  const all = { encoding: 'utf8', ...options };
  if (script !== undefined && script.endsWith('npm-cli.js'))
    return spawnSync(process.execPath, [script, ...args], all);
  return process.platform === 'win32'
    ? spawnSync('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], all)
    : spawnSync('npm', args, all);
}
