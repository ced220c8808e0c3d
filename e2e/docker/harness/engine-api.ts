/** The Engine's HTTP API over its local socket: a call takes milliseconds, where one of the CLI takes a tenth of a second. */
import { request } from 'node:http';

export interface ApiAnswer {
  status: number;
  body: string;
}

/** `dockerHost`: `unix:///…` or `npipe:////./pipe/…`. Rejects when nobody answers within `timeoutMs`. */
export function engineApi(
  dockerHost: string,
  method: string,
  path: string,
  timeoutMs = 30_000,
): Promise<ApiAnswer> {
  const socketPath = dockerHost.replace(/^(unix|npipe):\/\//, '');
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, method, path, headers: { host: 'docker' }, signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end();
  });
}

/** The answer's JSON; undefined for 404. Any other failure throws with the engine's own message. */
export async function engineJson(dockerHost: string, method: string, path: string): Promise<unknown> {
  const { status, body } = await engineApi(dockerHost, method, path);
  if (status === 404) return undefined;
  if (status >= 400)
    throw new Error(`${method} ${path} of the Docker engine answered ${status}: ${body.trim()}`);
  return body === '' ? undefined : JSON.parse(body);
}

/** Is an engine answering at that socket? */
export async function engineAnswers(dockerHost: string, timeoutMs = 3000): Promise<boolean> {
  try {
    return (await engineApi(dockerHost, 'GET', '/_ping', timeoutMs)).status === 200;
  } catch {
    return false;
  }
}
