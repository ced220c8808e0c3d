import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { errnoOf } from '../../lib/errors.ts';

/**
 * Opens for reading. Without O_NONBLOCK, a pipe that someone named .gguf would hang; without O_NOATIME (Linux), our
 * looking at a header would count as the model's last use.
 */
export async function openQuietly(path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const quiet = constants.O_NOATIME ?? 0;
  if (quiet === 0) return open(path, flags);
  try {
    return await open(path, flags | quiet);
  } catch (error) {
    // Only the owner may ask for it.
    if (errnoOf(error) !== 'EPERM') throw error;
    return open(path, flags);
  }
}
