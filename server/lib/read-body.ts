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
    // One that says beforehand that it is too large is not read at all.
    if (Number(request.headers['content-length'] ?? 0) > max) {
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
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => {
      if (!request.readableEnded) reject(new Error('The sender went away.'));
    });
  });
}
