/** An open event stream of a share, held without a browser. */
import { request } from 'node:http';

export interface Stream {
  status: number;
  /** All that has come so far. */
  text(): string;
  /** Resolves when these words have come. */
  until(words: string): Promise<void>;
  /** Resolves when the other side has ended it. */
  ended: Promise<void>;
  close(): void;
}

const PATIENCE_MS = 20_000;

export function openStream(port: number, path: string, host = '127.0.0.1'): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port, path, agent: false, headers: { host: `localhost:${port}` } });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      let text = '';
      const ended = new Promise<void>((done) => response.once('close', () => done()));
      response.on('error', () => undefined);
      const stream: Stream = {
        status: response.statusCode ?? 0,
        text: () => text,
        ended,
        close: () => outgoing.destroy(),
        until: (words) =>
          new Promise((done, fail) => {
            const timer = setTimeout(() => fail(new Error(`"${words}" did not come: ${text}`)), PATIENCE_MS);
            const look = () => {
              if (!text.includes(words)) return;
              clearTimeout(timer);
              done();
            };
            response.on('data', look);
            look();
          }),
      };
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        resolve(stream);
      });
      response.once('close', () => resolve(stream));
    });
    outgoing.end();
  });
}
