/** A lock between processes: a file that names its holder. A dead holder's lock is taken over. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from '../../../server/lib/errors.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from '../../../server/lib/process-identity.ts';
import { say } from './cache.ts';

const POLL_MS = 200;
const WAIT_MS = 20 * 60_000;

let counter = 0;

export interface Lock {
  release(): void;
}

/** Waits until `path` is ours; `what` is for people. Throws after 20 minutes, naming the holder. */
export async function takeLock(path: string, what: string): Promise<Lock> {
  const begun = Date.now();
  let told = false;
  while (!tryTake(path)) {
    const holder = readHolder(path);
    if (holder !== undefined && !isAlive(holder)) {
      removeDead(path, holder);
      continue;
    }
    if (Date.now() - begun > WAIT_MS)
      throw new Error(`${what} is still held by process ${holder?.pid}: ${path}`);
    if (!told) say(`waiting for ${what}, which process ${holder?.pid} holds …`);
    told = true;
    await sleep(POLL_MS);
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** Who holds the lock, dead or alive; undefined when nobody does. */
export function readHolder(path: string): ProcessIdentity | undefined {
  try {
    const [pid, ...started] = readFileSync(path, 'utf8').split(' ');
    return { pid: Number(pid), started: started.join(' ') };
  } catch {
    return undefined;
  }
}

/** A link, unlike a file made and then written, is never seen empty. */
function tryTake(path: string): boolean {
  const own = ownIdentity();
  const draft = uniqueName(path);
  writeFileSync(draft, `${own.pid} ${own.started}`);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Two may see the same dead holder; the one that comes late must not remove the other's fresh lock. */
function removeDead(path: string, dead: ProcessIdentity): void {
  const aside = uniqueName(path);
  try {
    renameSync(path, aside);
    const moved = readHolder(aside);
    if (moved?.pid !== dead.pid || moved.started !== dead.started) linkSync(aside, path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function uniqueName(path: string): string {
  counter += 1;
  return `${path}.${process.pid}.${counter}`;
}
