import type { IncomingMessage } from 'node:http';

export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge';
}

function tooLarge(max: number): BodyTooLarge {
  return new BodyTooLarge(`The body is larger than ${max} bytes.`);
}

/** The whole body as it came; rejects with BodyTooLarge past `max` bytes, and when the sender goes away. */
export function readBody(request: IncomingMessage, max: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const told = Number(request.headers['content-length'] ?? 0);
    const whole = () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    // One that says beforehand that it is too large is not read at all.
    if (told > max) {
      reject(tooLarge(max));
      return;
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > max) {
        request.pause();
        reject(tooLarge(max));
        return;
      }
      chunks.push(chunk);
      // Its end is told some turns later.
      if (size === told) whole();
    });
    request.once('end', whole);
    request.once('error', reject);
    request.once('close', () => {
      if (!request.readableEnded) reject(new Error('The sender went away.'));
    });
  });
}
