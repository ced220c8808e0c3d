/** Is a file what the Hub says it is? Every byte is read. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { plain } from '../words.ts';
import type { HubFile } from './ask.ts';
import { hubError } from './trouble.ts';

/** The file's hash in hex, of the kind that the Hub tells for it (git's blob hash has a head: `blob <size>\0`). */
export async function hashFile(
  path: string,
  file: HubFile,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const sha256 = file.hash.kind === 'sha256';
  const hash = createHash(sha256 ? 'sha256' : 'sha1');
  if (!sha256) hash.update(`blob ${file.size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal })) {
    hash.update(chunk as Buffer);
    onBytes((chunk as Buffer).length);
  }
  return hash.digest('hex');
}

export function wrongHash(repo: string, file: HubFile, found: string): Error {
  const kind = file.hash.kind === 'sha256' ? 'sha256' : 'git hash';
  return hubError(
    'hub_wrong_sha256',
    422,
    `${plain(file.path)} of ${repo} is not what the Hub says: ${kind} ${found} instead of ${file.hash.hex}. It was removed from the cache.`,
    'Pull again. If it stays so, something between you and the Hub changes files: check HF_ENDPOINT and the proxy.',
  );
}
