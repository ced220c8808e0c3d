/** The built product in a home of its own, as a user starts it: `node server/bin/ailab-web.mjs serve`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree } from '../../server/lib/ports.ts';
import { locateHome } from '../../server/lib/home.ts';
import { connect, type Remote } from '../../server/main/remote.ts';
import { readServerFile } from '../../server/main/server-file.ts';

export const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'server', 'bin', 'ailab-web.mjs');
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 5000;

export interface Lab {
  /** `http://localhost:<port>`, without a slash at the end. */
  url: string;
  port: number;
  home: string;
  /** The login link that was printed at the start; good for one swap. */
  link: string;
  pid: number;
  /** Its exit code, or null when a signal ended it. */
  exited: Promise<number | null>;
  /** Both streams of the server so far. */
  output(): string;
  /** The running server's API with the CLI's credential, from `<home>/server.json`. */
  api(): Remote;
  /** Ends the server and removes the home, also when the server is gone already. Never rejects. */
  stop(): Promise<void>;
}

export interface LabOptions {
  /** Another program than the product's bin, with the arguments before `--port` and `--home`. */
  program?: string[];
  /** Over the environment of this process. The engine is `embedded` unless this says otherwise. */
  env?: Record<string, string>;
  /** Given: it is used and not removed. */
  home?: string;
  /** Text of the home's ai-lab.yaml. */
  config?: string;
  /** Leave out `--no-open`: the product may open a browser. */
  open?: boolean;
}

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-e2e-'));
  // Everyone may look into the folder, so that only the product's own rights guard its home.
  chmodSync(folder, 0o755);
  const home = options.home ?? join(folder, 'home');
  if (options.config !== undefined) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'ai-lab.yaml'), options.config);
  }
  const port = await freeOddPort();
  const program = options.program ?? [BIN, 'serve', ...(options.open === true ? [] : ['--no-open'])];
  // The channel is the lifeline: when this process goes, however it goes, the server sees it close and ends.
  const child = spawn(process.execPath, [...program, '--port', String(port), '--home', home], {
    env: { ...cleanEnvironment(), AILAB_ENGINE: 'embedded', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const stop = async () => {
    await end(child);
    // With its home gone, a supervisor that was started here ends by itself.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const link = await printedLink(child, () => output);
    return {
      url: `http://localhost:${port}`,
      port,
      home,
      link,
      pid: child.pid ?? 0,
      exited,
      output: () => output,
      api() {
        const server = readServerFile(locateHome(home));
        if (server === undefined) throw new Error(`no server.json of a living server is in ${home}`);
        return connect(server);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The one-time token of a login link. */
export function tokenOf(link: string): string {
  const token = /#token=([\w-]{20,})$/.exec(link)?.[1];
  if (token === undefined) throw new Error(`no token is in ${link}`);
  return token;
}

/** This process's environment less all that speaks of a lab or a display. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AILAB_|MODEL_(ID|PATH)$|DISPLAY$|WAYLAND_DISPLAY$|NODE_OPTIONS$|VITEST|npm_)/.test(name),
  );
  // The Hub is offered no part in it: the starter of every test is the wheel's, wherever the tests run.
  return { ...Object.fromEntries(kept), NODE_ENV: 'production', HF_HUB_OFFLINE: '1' };
}

/** Below the system's own range for outgoing connections, so that none of those takes it meanwhile. */
async function freeOddPort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = 20_001 + 2 * Math.floor(Math.random() * 4500);
    if (await isPortFree(port)) return port;
  }
  throw new Error('no free port was found in 50 attempts');
}

function printedLink(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the server ${why}. It said:\n${output()}`));
    const timer = setTimeout(() => fail(`printed no link within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
    const look = () => {
      const link = /http:\/\/localhost:\d+\/login#token=[\w-]+/.exec(output())?.[0];
      if (link === undefined) return;
      clearTimeout(timer);
      resolve(link);
    };
    child.stdout?.on('data', look);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? signal}`);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** Fails early, in words, where the product has not been built. */
export function requireBuild(): void {
  if (!existsSync(join(ROOT, 'dist', 'cli.js')))
    throw new Error('dist is missing: run `npm run build` first');
}
