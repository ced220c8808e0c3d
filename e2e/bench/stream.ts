/** One call to a relay, with the times that its client sees. */
import { request } from 'node:http';
import type { Relay } from './rig.ts';

export interface Plan {
  chunks: number;
  /** 0: as fast as they are taken. */
  perSecond: number;
  stamp?: boolean;
  id?: string;
}

export interface Streamed {
  /** Milliseconds from the call to the first bytes of the reply's body. */
  firstMs: number;
  totalMs: number;
  bytes: number;
  /** Milliseconds from the writing of each chunk to its coming here; of a stamped stream. */
  transits: number[];
}

const PATIENCE_MS = 60_000;
const bodyOf = (plan: Plan | undefined) =>
  JSON.stringify({
    model: 'default',
    ...(plan === undefined ? {} : { stream: true }),
    messages: [{ role: 'user', content: plan === undefined ? 'Hello' : `bench ${JSON.stringify(plan)}` }],
  });

/** Without a plan: a whole reply that does not stream. `onChunk` is told after each piece and may end it: the answer is then what came. */
export function call(relay: Relay, plan?: Plan, onChunk?: (count: number) => boolean): Promise<Streamed> {
  return new Promise((resolve, reject) => {
    const body = bodyOf(plan);
    const begun = performance.now();
    const streamed: Streamed = { firstMs: NaN, totalMs: NaN, bytes: 0, transits: [] };
    const outgoing = request(relay.url, {
      method: 'POST',
      agent: relay.agent,
      headers: { ...relay.headers, 'content-length': Buffer.byteLength(body) },
      timeout: PATIENCE_MS,
    });
    let pieces = 0;
    let over = false;
    const end = () => {
      over = true;
      streamed.totalMs = performance.now() - begun;
      resolve(streamed);
    };
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', (error) => {
      if (!over) reject(new Error(`${relay.name}: ${error.message}`));
    });
    outgoing.once('response', (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`${relay.name} answered ${reply.statusCode}`));
      reply.on('data', (chunk: Buffer) => {
        if (over) return;
        const now = process.hrtime.bigint();
        if (Number.isNaN(streamed.firstMs)) streamed.firstMs = performance.now() - begun;
        streamed.bytes += chunk.length;
        pieces += 1;
        if (plan?.stamp === true)
          for (const [, at = '0'] of chunk.toString('latin1').matchAll(/"content":"(\d+) "/g))
            streamed.transits.push(Number(now - BigInt(at)) / 1e6);
        if (onChunk?.(pieces) !== true) return;
        end();
        outgoing.destroy();
      });
      reply.once('end', end);
      reply.once('error', (error) => {
        if (!over) reject(new Error(`${relay.name}: ${error.message}`));
      });
    });
    outgoing.end(body);
  });
}
