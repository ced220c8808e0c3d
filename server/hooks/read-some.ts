const MOST_BYTES = 64 * 1024;

/** The beginning of a body as text, at most 64 KiB of it; the rest is not read. */
export async function readSome(reply: Response, signal: AbortSignal, most = MOST_BYTES): Promise<string> {
  if (reply.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of reply.body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= most) break;
    }
  } catch {
    signal.throwIfAborted();
  }
  return Buffer.concat(chunks).subarray(0, most).toString('utf8');
}
