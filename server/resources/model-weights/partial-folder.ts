/**
 * Working folders beside the models: `.partial-<pid>-<hex>` in the home's models folder. One is removed when its
 * work ends, however it ends; what a killed process left is removed by the next one.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { LabError } from '../../lib/errors.ts';
import { homeError, type Home } from '../../lib/home.ts';
import { isAlive, ownIdentity } from '../../lib/process-identity.ts';
import { plain } from './words.ts';

const NAME = /^\.partial-(\d+)-[0-9a-f]+$/;
const OWNER_FILE = 'owner.json';
const owner = z.object({ pid: z.number().int().positive(), started: z.string() });

/** Runs `work` in a fresh folder of its own. Throws `home_not_writable` or `disk_full` when it can't be made. */
export async function inPartialFolder<T>(home: Home, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(home.models, `.partial-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    try {
      // In two steps: Node's recursive mkdir reports a read-only file system as ENOENT.
      await mkdir(home.models, { recursive: true, mode: 0o700 });
      await mkdir(folder, { mode: 0o700 });
      await writeFile(join(folder, OWNER_FILE), JSON.stringify(ownIdentity()));
    } catch (error) {
      throw homeError(home.models, error);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes the folders of processes that are gone; those of living ones stay. */
export async function removeDeadPartials(home: Home): Promise<void> {
  for (const name of await readdir(home.models).catch(() => [])) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined) continue;
    const folder = join(home.models, name);
    if (!isAlive(await ownerOf(folder, Number(pid)))) await rm(folder, { recursive: true, force: true });
  }
}

/** Killed before it wrote the file: the pid in the folder's name has to do. */
async function ownerOf(folder: string, pid: number): Promise<z.infer<typeof owner>> {
  try {
    return owner.parse(JSON.parse(await readFile(join(folder, OWNER_FILE), 'utf8')));
  } catch {
    return { pid, started: '' };
  }
}

/** Throws `disk_full` when fewer than `needed` bytes are free where the models lie or will lie. */
export async function checkSpace(home: Home, needed: number): Promise<void> {
  const info = await statfs(existingFolder(home.models)).catch(() => null);
  // Where the system does not tell, writing will.
  if (info === null || info.bsize * info.bavail >= needed) return;
  throw diskFull(home, needed, info.bsize * info.bavail);
}

/** The folder, else the nearest one above it that is there. */
export function existingFolder(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

export function diskFull(home: Home, needed: number, free: number | null): LabError {
  const has = free === null ? 'it ran full' : `${megabytes(free)} MB are free`;
  return new LabError({
    code: 'disk_full',
    message: `Fetching the starter model needs ${megabytes(needed)} MB on the disk that holds ${plain(home.models)}; ${has}.`,
    fix: 'Free some space and run the same command again, or choose another place with --home FOLDER.',
    status: 507,
    details: { needed, free },
  });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
