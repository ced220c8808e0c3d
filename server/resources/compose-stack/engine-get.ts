/**
 * What every look asks Docker for, over connections that are kept and with no more work than the answer needs: the
 * general client takes half as long again. An answer of the same bytes as the last one is not taken apart anew.
 */
import { Agent, request, type RequestOptions } from 'node:http';
import type * as z from 'zod';
import { parseJson } from '../../lib/json.ts';
import { keepNewest } from '../../lib/keep-newest.ts';

/** Where Docker listens, as node:http takes it. */
export type Listening = { socketPath: string } | { host: string; port: number };

export interface EngineGet {
  /** The answer's text. Rejects as node:http does, with the status in `statusCode`, or with the signal's reason. */
  text(path: string, signal: AbortSignal): Promise<string>;
  /** The answer, parsed: the same object as long as it has the same bytes, so it is not to be changed. */
  parsed<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
}

const MOST_SOCKETS = 16;
/** A container's answer is 8 KB. */
const MOST_KEPT = 64;
const OK = 200;

/** `withinMs`: a question that takes longer fails with a TimeoutError. */
export function createEngineGet(listening: Listening, withinMs: number): EngineGet {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS });
  const kept = new Map<string, { text: string; value: unknown }>();

  const text = async (path: string, signal: AbortSignal): Promise<string> => {
    const options = { ...listening, path, agent };
    try {
      return await answer(options, withinMs, signal);
    } catch (error) {
      // Docker was restarted since the last question, and the connection did not know it yet.
      if (!(error instanceof StaleConnection)) throw error;
      return await answer(options, withinMs, signal);
    }
  };

  return {
    text,
    async parsed<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
      const said = await text(path, signal);
      const known = kept.get(path);
      // One path is always read with one schema.
      if (known?.text === said) return known.value as T;
      const value = schema.parse(JSON.parse(said));
      keepNewest(kept, path, { text: said, value }, MOST_KEPT);
      return value;
    },
  };
}

class StaleConnection extends Error {}

function answer(options: RequestOptions, withinMs: number, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const asked = request(options);
    const onAbort = () => asked.destroy(signal.reason);
    const limit = setTimeout(
      () => asked.destroy(new DOMException('no answer', 'TimeoutError')),
      withinMs,
    ).unref();
    const end = (settle: () => void) => {
      clearTimeout(limit);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const fail = (error: Error) => {
      const stale = asked.reusedSocket && !signal.aborted && 'code' in error && RESET.has(String(error.code));
      end(() => reject(signal.aborted ? signal.reason : stale ? new StaleConnection() : error));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    asked.on('error', fail);
    asked.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', fail);
      response.once('end', () => {
        const status = response.statusCode ?? 0;
        end(() => (status === OK ? resolve(text) : reject(refusal(status, text))));
      });
    });
    asked.end();
  });
}

const RESET = new Set(['ECONNRESET', 'EPIPE']);

/** In the shape of the general client's errors. */
function refusal(statusCode: number, text: string): Error {
  const json = parseJson(text);
  return Object.assign(new Error(text.trim() || `HTTP ${statusCode}`), { statusCode, json });
}
