/** `ailab-web [serve]`: one server per home, on the first free port, until it is told to stop. */
import { openDatabase } from '../engine/open-database.ts';
import type { Program } from '../engine/resources.ts';
import { environmentOverrides } from '../config/layers.ts';
import { closeDb, type Db } from '../../db/client.ts';
import { relaxed } from '../../db/relaxed.ts';
import { releaseLease, takeLease, type Lease } from '../../db/queries/leases.ts';
import { watchParent } from '../bin/watch-parent.mjs';
import { LabError } from '../lib/errors.ts';
import { ensureHome, type Home } from '../lib/home.ts';
import { isPortFree, nextFreePort, portHolder } from '../lib/ports.ts';
import { isAlive, ownIdentity } from '../lib/process-identity.ts';
import { exposureWords } from '../schemas/share-words.ts';
import { openBrowser } from './browser.ts';
import { startServer, type RunningServer } from './server.ts';
import { readServerFile, removeServerFile, writeServerFile } from './server-file.ts';

export interface ServeOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
  /** Undefined: 3000, or the next free one. */
  port?: number;
  open: boolean;
  out: (line: string) => void;
}

const DEFAULT_PORT = 3000;
const LEASE = 'server';
const CLOSE_WITHIN_MS = 2500;

/** Resolves with the exit code once the server has ended. */
export async function serve(options: ServeOptions): Promise<number> {
  const { home, env, program, out } = options;
  // A variable stays as it is for as long as this process lives: a bad one would spoil every page.
  environmentOverrides(env);
  ensureHome(home);
  const db = openDatabase(home, program.migrations);
  const first = takeServerLease(db);
  if (first !== undefined) {
    closeDb(db);
    return greetFirst(home, first, options);
  }
  let server: RunningServer;
  try {
    const port = options.port === undefined ? await freePort(out) : await demandPort(options.port);
    server = await startServer({ home, env, program, port, db });
  } catch (error) {
    giveLeaseBack(db);
    closeDb(db);
    throw error;
  }
  writeServerFile(home, { ...ownIdentity(), port: server.port, cliSecret: server.cliSecret });
  // Who reads the next line may send a signal at once.
  const told = untilTold();
  const link = server.engine.access.loginLink();
  out(`ailab-web is ready: ${link}`);
  out('The link logs one browser in, once. Ctrl-C ends the dashboard; the lab itself goes on.');
  const sharing = server.engine.parts.sharing.state();
  if (sharing.lan !== null) out(exposureWords(sharing, []));
  if (options.open) void openBrowser(link, home, env);
  const code = await told;
  const running = server.engine.endpoint() !== null;
  removeServerFile(home);
  giveLeaseBack(db);
  await withDeadline(server.close(), CLOSE_WITHIN_MS);
  out(
    running
      ? 'The dashboard has ended; the lab goes on. `ailab-web down` stops it.'
      : 'The dashboard has ended.',
  );
  return code;
}

function takeServerLease(db: Db): Lease | undefined {
  const wanted = { name: LEASE, ...ownIdentity(), holder: 'server', since: Date.now() };
  // After a power cut its holder is gone, too: nothing waits for the disk.
  return relaxed(db.$client, () =>
    takeLease(db, wanted, (lease) => isAlive({ pid: lease.pid, started: lease.started })),
  );
}

function giveLeaseBack(db: Db): void {
  try {
    releaseLease(db, LEASE, process.pid);
  } catch {
    // A full or damaged disk: the lease of a process that is gone is free in any case.
  }
}

/** A second start says where the first one is, opens it, and is done. */
async function greetFirst(home: Home, lease: Lease, options: ServeOptions): Promise<number> {
  const file = readServerFile(home);
  if (file === undefined) {
    throw new LabError({
      code: 'server_starting',
      message: `Another ailab-web (pid ${lease.pid}) is starting for the home ${home.root}.`,
      fix: 'Wait a moment, then run `ailab-web open`.',
      status: 409,
    });
  }
  const { connect } = await import('./remote.ts');
  const { url } = await connect(file).access.loginLink.mutate();
  options.out(`ailab-web is already running for this home (pid ${file.pid}): ${url}`);
  if (options.open) await openBrowser(url, home, options.env);
  return 0;
}

async function freePort(out: (line: string) => void): Promise<number> {
  if (await isPortFree(DEFAULT_PORT)) return DEFAULT_PORT;
  const port = await nextFreePort(DEFAULT_PORT + 1);
  if (port === undefined) throw portInUse(DEFAULT_PORT, await portHolder(DEFAULT_PORT), undefined);
  out(
    `Port ${DEFAULT_PORT} is held by ${(await portHolder(DEFAULT_PORT)) ?? 'another program'}; using ${port}.`,
  );
  return port;
}

async function demandPort(port: number): Promise<number> {
  if (await isPortFree(port)) return port;
  throw portInUse(port, await portHolder(port), await nextFreePort(port + 1));
}

function portInUse(port: number, holder: string | undefined, next: number | undefined): LabError {
  return new LabError({
    code: 'port_in_use',
    message: `Port ${port} is held by ${holder ?? 'another program'}.`,
    fix: next === undefined ? 'End that program.' : `End that program, or use another port: --port ${next}.`,
    status: 409,
  });
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The exit code: by the shell's custom 128 + signal; 0 when the launcher that we belong to has gone. */
function untilTold(): Promise<number> {
  return new Promise((resolve) => {
    for (const [signal, code] of Object.entries(EXIT_CODES)) {
      process.once(signal, () => {
        resolve(code);
        // A second Ctrl-C does not wait for anything.
        process.on(signal, () => process.exit(code));
      });
    }
    watchParent(() => resolve(0));
  });
}

function withDeadline(work: Promise<void>, ms: number): Promise<void> {
  return Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms).unref())]);
}
