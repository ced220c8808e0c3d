/** File names as a Hub gives them: they become paths on this disk, so they are checked before anything else. */
import { plain } from '../words.ts';
import { hubError } from './trouble.ts';

const MAX_LENGTH = 1024;

/** A relative path below the snapshot on every platform: no way up, no absolute path, no invisible character. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > MAX_LENGTH) return false;
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\:*?"<>|]/u.test(path)) return false;
  return path.split('/').every((step) => step !== '' && !/^\.{1,2}$/.test(step) && !/[. ]$/.test(step));
}

/** Throws `hub_unsafe_name`: a listing with such a name is not trusted in any other line either. */
export function checkPath(repo: string, path: string): string {
  if (isSafePath(path)) return path;
  throw hubError(
    'hub_unsafe_name',
    422,
    `${repo} lists a file whose name can't be used safely on this machine: "${plain(path, 120)}". Nothing was downloaded.`,
    'Choose another repository.',
  );
}
