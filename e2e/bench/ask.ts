/** One streamed request with its times. */
import { Agent, request } from 'node:http';

/** Kept connections, as clients of a gateway use them. */
export const KEPT = new Agent({ keepAlive: true });

export interface Asked {
  /** Milliseconds from the call to the first byte of the first token. */
  firstTokenMs: number;
  /** Milliseconds to the end of the stream. */
  totalMs: number;
  /** The runtime's own speed in tokens per second, from the `timings` of the last chunk. */
  tokensPerSecond: number | null;
}

export function ask(url: URL, key: string, body: object, agent: Agent | false = false): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let firstTokenMs = NaN;
    let text = '';
    const call = request(url, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`));
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        if (Number.isNaN(firstTokenMs) && /"(content|text)":"[^"]/.test(text))
          firstTokenMs = performance.now() - begun;
      });
      response.once('end', () => {
        const speed = /"predicted_per_second":([\d.]+)/.exec(text)?.[1];
        resolve({
          firstTokenMs,
          totalMs: performance.now() - begun,
          tokensPerSecond: speed === undefined ? null : Number(speed),
        });
      });
    });
    call.end(JSON.stringify({ ...body, stream: true }));
  });
}
