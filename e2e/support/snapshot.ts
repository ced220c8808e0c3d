/** Everything of a lab that a command could have changed: files of the home, rows of its database, its processes. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { contentsOf } from './database.ts';
import { allProcesses } from './processes.ts';

export interface Snapshot {
  files: string[];
  rows: Record<string, string[]>;
  processes: string[];
}

/** SQLite's own files change whenever the database is opened; its rows are compared instead. */
const NOT_COMPARED = /^ailab\.db|^logs(\/|$)/;

export function snapshotOf(home: string): Snapshot {
  return {
    files: filesBelow(home, home),
    rows: existsSync(join(home, 'ailab.db')) ? contentsOf(home) : {},
    processes: allProcesses()
      .filter(({ argv, environ }) => argv.includes(home) || environ.includes(home))
      .map(({ pid, argv }) => `${pid} ${argv}`)
      .toSorted(),
  };
}

/** Path, kind, mode, time of change and content of each. */
function filesBelow(folder: string, home: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const short = relative(home, path);
    if (NOT_COMPARED.test(short)) return [];
    const { mode, mtimeMs } = lstatSync(path);
    if (lstatSync(path).isDirectory()) return [`${short} ${mode}`, ...filesBelow(path, home)];
    const sum = lstatSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
    return [`${short} ${mode} ${mtimeMs} ${sum}`];
  });
}
