/** Our own download of one file, and the check that takes it into the cache, whoever has brought it. */
import { rename, rm, stat } from 'node:fs/promises';
import type { HubFile } from './ask.ts';
import { blobOf, cacheError, partialOf, removeBroken, wholeBlob, type Places } from './places.ts';
import { hashFile } from './verify.ts';

/** Has something of the file come before? Maybe by another program: then it may be wrong without anyone's fault. */
export async function isBegun(places: Places, file: HubFile): Promise<boolean> {
  return (await stat(partialOf(places, file)).catch(() => null)) !== null;
}

/**
 * Reads every byte; what is right takes the blob's name, anything else is removed. The hash that was found where it is
 * not the Hub's, else null.
 */
export async function accept(
  places: Places,
  file: HubFile,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string | null> {
  const [partial, blob] = [partialOf(places, file), blobOf(places, file)];
  const isWhole = (await wholeBlob(places, file)) !== null;
  const found = await hashFile(isWhole ? blob : partial, file, signal, onBytes);
  if (found !== file.hash.hex) {
    await removeBroken(places, file);
    return found;
  }
  // Beside a whole blob, a partial file is what a killed process has left.
  await (isWhole ? rm(partial, { force: true }) : rename(partial, blob)).catch((error: unknown) => {
    throw cacheError(partial, error);
  });
  return null;
}
