import { type RequestListener, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../server/gateway/gateway.ts';
import type { ReplyPiece } from '../../server/schemas/chat.ts';
import type { LedgerRow } from '../../server/schemas/metrics.ts';
import { createChats, type Chats } from '../../server/services/chats.ts';
import { createLiveReplies, type LiveReplies } from '../../server/services/live-replies.ts';
import { memoryDb } from '../../server/testing/caller.ts';
import { listenOn } from './listen-on.ts';

/** The browser's own replies through a real gateway: they belong to the server, not to the page that asked. */
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (part: object) => event({ choices: [{ delta: part }] });
const END = event({
  choices: [{ delta: {}, finish_reason: 'stop' }],
  usage: { prompt_tokens: 4, completion_tokens: 9 },
});

const servers: Server[] = [];
let chats: Chats;
let replies: LiveReplies;
let rows: LedgerRow[];
let base: string;
/** The runtime's open answer, to be written by the test. */
let runtime: Promise<ServerResponse>;
let left: Promise<void>;

const listen = (listener: RequestListener) => listenOn(servers, listener);

beforeEach(async () => {
  rows = [];
  chats = createChats(memoryDb());
  replies = createLiveReplies(chats, () => undefined, 50);
  let arrived: (response: ServerResponse) => void;
  let gone: () => void;
  runtime = new Promise((resolve) => (arrived = resolve));
  left = new Promise((resolve) => (gone = resolve));
  const baseUrl = await listen((_request, response) => {
    response.once('close', () => gone());
    response.flushHeaders();
    arrived(response);
  });
  const handle = createGateway({
    endpoint: () => ({ baseUrl, apiKey: 'k', modelName: 'smol', health: 'healthy', startedAt: 1 }),
    identify: () => ({ kind: 'login', id: 'l' }),
    begin: () => () => null,
    record: (row) => rows.push(row),
    replies,
  });
  base = await listen((request, response) => handle(request, response, request.url ?? ''));
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const ask = (messageId: string, signal?: AbortSignal) =>
  fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-ailab-message': messageId },
    body: JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
    ...(signal === undefined ? {} : { signal }),
  });

/** What a page holds that follows the reply to its end. */
async function followed(messageId: string, seen: (text: string) => void = () => undefined) {
  let text = '';
  let thought = '';
  let last: ReplyPiece | undefined;
  for await (const piece of replies.follow(messageId, new AbortController().signal)) {
    text = piece.whole ? piece.text : text + piece.text;
    thought = piece.whole ? piece.thought : thought + piece.thought;
    last = piece;
    seen(text);
  }
  return { text, thought, last };
}

const stored = (turn: { conversation: { id: string } }) => chats.get(turn.conversation.id).messages[1];

describe('a reply of the browser’s chat', () => {
  it('goes on to its end when its page goes away, and others see it grow', async () => {
    const turn = chats.turn({ text: 'Hello' });
    const page = new AbortController();
    const early = followed(turn.messageId);
    const reply = await ask(turn.messageId, page.signal);
    const model = await runtime;
    model.write(delta({ content: 'One ' }));
    await reply.body?.getReader().read();
    page.abort();
    const sawHalf = new Promise<void>((resolve) => {
      void followed(turn.messageId, (text) => text.includes('two') && resolve());
    });
    model.write(delta({ content: 'two ' }));
    await sawHalf;
    const late = followed(turn.messageId);
    model.end(delta({ content: 'three' }) + END + 'data: [DONE]\n\n');
    expect([(await early).text, (await late).text]).toEqual(['One two three', 'One two three']);
    expect(stored(turn)).toMatchObject({ content: 'One two three', state: 'done' });
    expect(rows).toMatchObject([{ outcome: 'ok', completionTokens: 9 }]);
  });

  it('keeps its thinking apart, told by the runtime or by marks', async () => {
    const turn = chats.turn({ text: 'Hello' });
    const seen = followed(turn.messageId);
    const reply = ask(turn.messageId);
    const model = await runtime;
    model.write(delta({ reasoning_content: 'Hm. ' }) + delta({ content: '<thi' }));
    model.end(delta({ content: 'nk>So.</think>\n\nYes' }) + END + 'data: [DONE]\n\n');
    await (await reply).text();
    expect(await seen).toMatchObject({ text: 'Yes', thought: 'Hm. So.' });
    expect(stored(turn)).toMatchObject({
      content: 'Yes',
      reasoning: { text: 'Hm. So.', ms: expect.any(Number) },
      metrics: { completionTokens: 9 },
    });
    // Nor is the model told its own thoughts again.
    const next = chats.turn({ conversationId: turn.conversation.id, text: 'And?' });
    expect(next.messages.map(({ content }) => content)).toEqual(['Hello', 'Yes', 'And?']);
  });

  it('is stopped by name, from any page; what was said is kept', async () => {
    const turn = chats.turn({ text: 'Hello' });
    const reply = await ask(turn.messageId);
    (await runtime).write(delta({ content: 'Half' }));
    const seen = followed(turn.messageId, (text) => text === 'Half' && replies.stop(turn.messageId));
    expect(await reply.text()).toMatch(/Half[\s\S]*\[DONE\]/);
    await left;
    expect((await seen).text).toBe('Half');
    expect(stored(turn)).toMatchObject({ content: 'Half', state: 'stopped', error: null });
    expect(rows).toMatchObject([{ outcome: 'cancelled', status: 499 }]);
  });

  it('that was never sent ends, in words', async () => {
    const turn = chats.turn({ text: 'Hello' });
    expect((await followed(turn.messageId)).last).toBeUndefined();
    expect(stored(turn)).toMatchObject({ state: 'failed', error: expect.stringContaining('never reached') });
  });

  it('is written once, however often it is asked for', async () => {
    const turn = chats.turn({ text: 'Hello' });
    const first = ask(turn.messageId);
    const model = await runtime;
    expect(replies.awaits(turn.messageId)).toBe(false);
    model.end(delta({ content: 'Once' }) + END + 'data: [DONE]\n\n');
    await (await first).text();
    expect(stored(turn)).toMatchObject({ content: 'Once' });
  });
});
