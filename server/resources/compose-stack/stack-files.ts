/** The one way in which this resource writes: below `stack` in the home, each file whole or not at all. */
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { homeError, type Home } from '../../lib/home.ts';
import { writeWholeFile } from '../../lib/private-file.ts';
import { stackLayout } from './layout.ts';

/** For us alone: secrets, variables, our cache. */
export const PRIVATE = 0o600;
/** For containers, whose users are others than ours; what keeps strangers out is the 0700 folder above. */
export const MOUNTED = 0o644;

/** Makes the folders it needs. Throws the home's named errors: read-only, full, no permission. */
export function writeStackFile(home: Home, path: string, text: string, mode: number): void {
  makeFolders(home, dirname(path));
  try {
    writeWholeFile(path, text, mode);
  } catch (error) {
    throw homeError(home.root, error);
  }
}

/** 0700 for the stack's own folder, 0755 for every one below it, made or set right. */
export function makeFolders(home: Home, folder: string): void {
  const { root } = stackLayout(home);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    chmodSync(root, 0o700);
    openFolders(folder, root);
  } catch (error) {
    throw homeError(home.root, error);
  }
}

/** The umask may be 077. */
function openFolders(folder: string, root: string): void {
  if (folder === root) return;
  openFolders(dirname(folder), root);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}
