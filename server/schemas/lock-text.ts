/** A lock's bytes as text, before anyone reads what it says. Without zod: the Lock page loads this first. */

/** A lock is some pages of text; anything larger is another file, or an attack. */
export const LOCK_MAX_BYTES = 1_000_000;

/** The text of a lock file, or what is wrong with its encoding. Runs in the browser too. */
export function decodeLock(bytes: Uint8Array): { text: string } | { problem: string } {
  if (bytes.length > LOCK_MAX_BYTES)
    return { problem: `it has ${bytes.length.toLocaleString('en')} bytes; a lock has at most 1 MB` };
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { problem: 'it is UTF-16; save it as UTF-8' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'it is not UTF-8 text' };
  }
}
