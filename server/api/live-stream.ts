/**
 * `live.events` for many browsers at once: the event stream of tRPC's own wire format (connected, data with an id, ping,
 * return, serialized-error; `stream/sse.ts` of @trpc/server), with each event made text once for all of them. tRPC makes
 * it anew for each, through five streams; the procedure behind it is the same.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type inferProcedureInput,
  getErrorShape,
  getTRPCErrorFromUnknown,
  isTrackedEnvelope,
} from '@trpc/server';
import type { LiveEvent } from '../schemas/live.ts';
import { appRouter, createCaller } from './router.ts';
import { EVENT_STREAM, type ApiContext } from './trpc.ts';

export const LIVE = 'live.events';

/** False, with nothing written: what is refused is tRPC's to answer. Otherwise resolves when the stream has ended. */
export async function streamLive(
  request: IncomingMessage,
  response: ServerResponse,
  context: () => ApiContext,
): Promise<boolean> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const events = await subscribe(request, context, gone.signal);
  if (events === undefined) return false;
  response.setHeader('Content-Type', 'text/event-stream');
  response.write(`event: connected\ndata: ${JSON.stringify(EVENT_STREAM.client)}\n\n`);
  const pings = setInterval(() => {
    if (!response.writableNeedDrain) response.write('event: ping\ndata: \n\n');
  }, EVENT_STREAM.ping.intervalMs);
  try {
    for await (const envelope of events) {
      if (!isTrackedEnvelope<LiveEvent>(envelope)) continue;
      const [id, event] = envelope;
      pings.refresh();
      // Who does not read is not written to: meanwhile the engine keeps the newest of each kind for it.
      if (!response.write(textOf(id, event))) await once(response, 'drain', { signal: gone.signal });
    }
    response.end('event: return\ndata: \n\n');
  } catch (error) {
    response.end(`event: serialized-error\ndata: ${JSON.stringify(shapeOf(error))}\n\n`);
  } finally {
    clearInterval(pings);
  }
  return true;
}

/** As a client claims; the procedure parses it. */
type Input = inferProcedureInput<(typeof appRouter)['live']['events']>;

/** Undefined where the procedure or the reading of its input throws. */
async function subscribe(request: IncomingMessage, context: () => ApiContext, signal: AbortSignal) {
  try {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const input = JSON.parse(searchParams.get('input') ?? '{}') as Input;
    // A client that comes back by itself names the last event here.
    const lastEventId = request.headers['last-event-id'];
    return await createCaller(context(), { signal }).live.events(
      lastEventId === undefined ? input : { ...input, lastEventId: String(lastEventId) },
    );
  } catch {
    return undefined;
  }
}

const texts = new WeakMap<LiveEvent, { id: string; text: Buffer }>();

function textOf(id: string, event: LiveEvent): Buffer {
  const known = texts.get(event);
  if (known?.id === id) return known.text;
  const text = Buffer.from(`data: ${JSON.stringify(event)}\nid: ${id}\n\n`);
  texts.set(event, { id, text });
  return text;
}

function shapeOf(cause: unknown) {
  const error = getTRPCErrorFromUnknown(cause);
  // oxlint-disable-next-line no-underscore-dangle -- the formatter of errors is to be had there only
  const config = appRouter._def._config;
  return getErrorShape({ config, error, type: 'subscription', path: LIVE, input: undefined, ctx: undefined });
}
