/** Lock files as the command line reads and writes them; `-` is standard input. */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { errnoOf, LabError } from '../lib/errors.ts';
import { expandTilde, homeError } from '../lib/home.ts';
import { writePrivateFile } from '../lib/private-file.ts';
import type { ImportInput } from '../schemas/lock.ts';
import { decodeLock, LOCK_MAX_BYTES } from '../schemas/lock-text.ts';

/** Throws `lock_file_unreadable` and `lock_invalid`; never reads more than a lock may have. */
export async function readLockFile(file: string): Promise<ImportInput> {
  const name = file === '-' ? 'standard input' : file;
  let bytes: Buffer;
  try {
    bytes = await readBounded(file === '-' ? process.stdin : await fileStream(file));
  } catch (error) {
    throw unreadable(name, error);
  }
  const decoded = decodeLock(bytes);
  if ('text' in decoded) return { text: decoded.text, name: name.slice(-200) };
  throw new LabError({
    code: 'lock_invalid',
    message: `${name}: ${decoded.problem}.`,
    fix: 'Nothing was changed. Export the lock again where it was made: `ailab-web lock export FILE`.',
    status: 400,
  });
}

async function fileStream(file: string): Promise<AsyncIterable<unknown>> {
  const handle = await open(resolve(expandTilde(file)), 'r');
  return handle.createReadStream({ end: LOCK_MAX_BYTES });
}

async function readBounded(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    chunks.push(bytes);
    size += bytes.length;
    if (size > LOCK_MAX_BYTES) break;
  }
  return Buffer.concat(chunks);
}

/** Whole or not at all; a file that is there stays, unless `force`. */
export function writeLockFile(file: string, text: string, force: boolean): void {
  const path = resolve(expandTilde(file));
  if (!force && existsSync(path))
    throw new LabError({
      code: 'file_exists',
      message: `${path} is there already.`,
      fix: `Name another file, or write over it with --force.`,
      status: 409,
    });
  try {
    writePrivateFile(path, text);
  } catch (error) {
    const { fix, message } = homeError(path, error);
    throw new LabError({
      code: 'lock_not_written',
      message: message.replace('The home ', `${basename(path)}: `),
      fix: fix.replace('--home FOLDER (or AILAB_HOME)', 'its name'),
      cause: error,
    });
  }
}

function unreadable(name: string, cause: unknown): LabError {
  const errno = errnoOf(cause);
  const why =
    errno === 'ENOENT'
      ? 'there is no such file'
      : errno === 'EISDIR'
        ? 'it is a folder'
        : errno === 'EACCES'
          ? 'you have no right to read it'
          : (cause as Error).message;
  return new LabError({
    code: 'lock_file_unreadable',
    message: `The lock ${name} can't be read: ${why}.`,
    fix: 'Name a file written by `ailab-web lock export FILE`.',
    status: 404,
    cause,
  });
}
