/** One call of Grafana's API as its admin: the status and what could be read of the answer. */
import { parseJson } from '../lib/json.ts';
import { reasonOf } from './http.ts';
import { readSome } from './read-some.ts';

const ANSWER_MS = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;

export interface GrafanaReply {
  /** 0 when nothing answered: `text` says why. */
  status: number;
  text: string;
  body: unknown;
}

export type GrafanaCall = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
) => Promise<GrafanaReply>;

/** `password` is asked for at each call: it may be healed between two. */
export function grafanaCall(
  { url, user, password }: { url: string; user: string; password: () => string | null },
  signal: AbortSignal,
  write: (line: string) => void,
): GrafanaCall {
  return async (method, path, body) => {
    const basic = Buffer.from(`${user}:${password() ?? ''}`).toString('base64');
    let answer: GrafanaReply;
    try {
      const reply = await fetch(new URL(path, url), {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Basic ${basic}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      const text = await readSome(reply, signal, MOST_BYTES);
      answer = { status: reply.status, text, body: parseJson(text) };
    } catch (error) {
      signal.throwIfAborted();
      answer = { status: 0, text: reasonOf(error), body: undefined };
    }
    write(`${method} ${path}: ${answer.status === 0 ? answer.text : answer.status}\n`);
    return answer;
  };
}
