/**
 * `fetch` as far as tRPC's link needs it, for our own server on this machine: the whole of fetch takes longer to load
 * and to answer than the server takes for most calls.
 */
import { Agent, request } from 'node:http';

export interface LocalRequest {
  method?: string | undefined;
  headers?: unknown;
  body?: unknown;
  signal?: AbortSignal | null | undefined;
}

export interface LocalResponse {
  status: number;
  ok: boolean;
  json(): Promise<unknown>;
}

const agent = new Agent({ keepAlive: true });

/** Headers as a plain object, the body as text. Rejects as node:http does, or with the signal's reason. */
export function localFetch(url: string, init: LocalRequest = {}): Promise<LocalResponse> {
  const { method = 'GET', headers, body, signal } = init;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const asked = request(url, { agent, method, headers: { ...(headers as Record<string, string>) } });
    const onAbort = () => asked.destroy();
    const fail = (error: Error) => {
      signal?.removeEventListener('abort', onAbort);
      reject(signal?.aborted === true ? signal.reason : error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    asked.on('error', fail);
    asked.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', fail);
      response.once('end', () => {
        signal?.removeEventListener('abort', onAbort);
        const status = response.statusCode ?? 0;
        const ok = status >= 200 && status < 300;
        resolve({ status, ok, json: async (): Promise<unknown> => JSON.parse(text) });
      });
    });
    asked.end(typeof body === 'string' ? body : undefined);
  });
}
