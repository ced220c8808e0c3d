/** A file that a command writes where its user said: whole or not at all, and never over another one unasked. */
import { existsSync } from 'node:fs';
import { errnoOf, LabError } from '../lib/errors.ts';
import { writePrivateFile } from '../lib/private-file.ts';

const WHY: Record<string, string> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is a file',
  EACCES: 'you have no right to write there',
  EROFS: 'that disk is read-only',
  ENOSPC: 'the disk is full',
  EISDIR: 'it is a folder',
};

/** Throws `file_exists` and `file_not_written`. */
export function writeKeptFile(path: string, text: string, force: boolean): void {
  if (!force && existsSync(path))
    throw new LabError({
      code: 'file_exists',
      message: `${path} is there already.`,
      fix: 'Name another file, or write over it with --force.',
      status: 409,
    });
  try {
    writePrivateFile(path, text);
  } catch (error) {
    throw new LabError({
      code: 'file_not_written',
      message: `${path} was not written: ${WHY[errnoOf(error) ?? ''] ?? (error as Error).message}.`,
      fix: 'Name a file in a folder of yours.',
      cause: error,
    });
  }
}
