/** One completion request: waits for its turn, generates, and stops the moment its client is gone. */
import type { ServerResponse } from 'node:http';
import { emptyTally, type Engine, type Tally } from './engine.ts';
import type { Metrics } from './metrics.ts';
import type { Queue } from './queue.ts';
import { createReplies, type Route } from './reply.ts';
import { readChat, readCompletion, type Wanted } from './request-schema.ts';
import { errorBody } from './api-error.ts';

/** A comment line that keeps a silent stream alive while a long prompt is evaluated. */
const PING_MS = 30_000;

export interface Serving {
  engine: Engine;
  queue: Queue;
  metrics: Metrics;
  modelName: string;
  fingerprint: string;
  startedAt: number;
  /** The tally of the request that runs, or ran last. */
  current: { tally: Tally };
}

export async function answer(
  serving: Serving,
  route: Route,
  json: unknown,
  response: ServerResponse,
): Promise<void> {
  const { engine, queue, metrics } = serving;
  const { wanted, prompt } = read(engine, route, json);
  const tokens = engine.tokenize(prompt);
  const replies = createReplies(route, serving.modelName, serving.fingerprint);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  if (response.destroyed) return;

  await queue
    .run(gone.signal, async () => {
      const tally = emptyTally();
      serving.current.tally = tally;
      const writer = wanted.stream ? streamWriter(response) : bodyWriter(response);
      try {
        await engine.generate({
          prompt: tokens,
          sampling: wanted.sampling,
          signal: gone.signal,
          tally,
          onPromptDone() {
            metrics.promptDone(tally);
            writer.events(replies.opening());
          },
          onText: (text) => writer.text(text, replies.text),
        });
        writer.done(replies.closing(tally, wanted.includeUsage), (text) => replies.whole(text, tally));
      } catch (error) {
        if (gone.signal.aborted) return;
        writer.failed(error);
      } finally {
        writer.close();
        metrics.ended(tally);
      }
    })
    .catch((error: unknown) => {
      if (!gone.signal.aborted) throw error;
    });
}

function read(engine: Engine, route: Route, json: unknown): { wanted: Wanted; prompt: string | number[] } {
  if (route === 'completion') {
    const wanted = readCompletion(json);
    return { wanted, prompt: wanted.prompt };
  }
  const wanted = readChat(json);
  return { wanted, prompt: engine.renderChat(wanted.messages, wanted.extras) };
}

interface Writer {
  events(events: object[]): void;
  text(text: string, toEvent: (text: string) => object): void;
  done(closing: object[], whole: (text: string) => object): void;
  failed(error: unknown): void;
  close(): void;
}

function streamWriter(response: ServerResponse): Writer {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const ping = setInterval(() => response.write(':\n\n'), PING_MS);
  const send = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  return {
    events: (events) => events.forEach(send),
    text: (text, toEvent) => void send(toEvent(text)),
    done(closing) {
      closing.forEach(send);
      response.end('data: [DONE]\n\n');
    },
    failed: (error) => void response.end(`data: ${JSON.stringify(errorBody(error).body)}\n\n`),
    close: () => clearInterval(ping),
  };
}

function bodyWriter(response: ServerResponse): Writer {
  let whole = '';
  return {
    events: () => undefined,
    text(text) {
      whole += text;
    },
    done(_closing, toBody) {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(JSON.stringify(toBody(whole)));
    },
    failed(error) {
      const { status, body } = errorBody(error);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    },
    close: () => undefined,
  };
}
