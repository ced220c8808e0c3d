/** What a file that should be GGUF really is, by its first bytes: the usual wrong things have a fix of their own. */
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { openQuietly } from './open-quietly.ts';
import { fileError } from './words.ts';
import { keepNewest } from '../../lib/keep-newest.ts';

export interface Sniffed {
  isGguf: boolean;
  /** In words, e.g. `a Git LFS pointer`; null when it is not known. */
  kind: string | null;
  /** The next step for this kind. */
  fix: string;
}

const GGUF: Sniffed = { isGguf: true, kind: 'a GGUF file', fix: '' };
const CHOOSE_GGUF = 'Choose a model in GGUF format (a file that ends in .gguf).';

const MOST_KEPT = 256;
/** Files that were found to be GGUF, with what tells one of them from another of its name. */
const known = new Map<string, string>();

/** As `sniff`; a file that is the same as when it was found to be GGUF is not opened again. */
export async function sniffOnce(path: string, { size, mtimeMs, ctimeMs, ino }: Stats): Promise<Sniffed> {
  const identity = `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  if (known.get(path) === identity) return GGUF;
  const sniffed = await sniff(path);
  known.delete(path);
  if (!sniffed.isGguf) return sniffed;
  keepNewest(known, path, identity, MOST_KEPT);
  return sniffed;
}

export async function sniff(path: string): Promise<Sniffed> {
  const head = await firstBytes(path, 512);
  const text = head.toString('latin1');
  if (text.startsWith('GGUF')) return GGUF;
  if (text.startsWith('version https://git-lfs'))
    return not('a Git LFS pointer instead of the model', 'Run `git lfs pull` in its folder.');
  if (/^\s*(<!doctype|<html|<\?xml)/i.test(text))
    return not('a web page', 'The download saved a page instead of the file: download it again.');
  if (/^\s*\{/.test(text))
    return not('JSON text', 'The download saved an answer instead of the file: download it again.');
  if (/^(lmgg|tjgg|fmgg|algg)/.test(text))
    return not('an old GGML file, from before GGUF', 'Choose a newer, GGUF conversion of this model.');
  if (text.startsWith('PK')) return not('a zip archive (or a PyTorch file)', CHOOSE_GGUF);
  if (head.length > 9 && head.readUInt32LE(4) === 0 && text.charAt(8) === '{')
    return not('a safetensors file', CHOOSE_GGUF);
  if (head.every((byte) => byte === 0))
    return not('empty space: its first bytes are all zero', 'The download did not end: download it again.');
  return not(null, CHOOSE_GGUF);
}

function not(kind: string | null, fix: string): Sniffed {
  return { isGguf: false, kind, fix };
}

async function firstBytes(path: string, length: number): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await openQuietly(path);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await handle?.close();
  }
}
