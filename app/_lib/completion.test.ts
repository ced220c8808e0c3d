import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatError, streamCompletion, type CompletionEvent } from './completion.ts';

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

const USAGE = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 3 } })}\n\n`;

/** A response whose body arrives in pieces cut at the given places. */
function streamed(text: string, at: number[] = []): Response {
  const bytes = new TextEncoder().encode(text);
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const [index, from] of [0, ...places].entries())
        controller.enqueue(bytes.slice(from, places[index] ?? bytes.length));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

async function collect(response: Response, sent: RequestInit[] = []): Promise<CompletionEvent[]> {
  const events: CompletionEvent[] = [];
  const stream = streamCompletion({
    messages: [{ role: 'user', content: 'Hello' }],
    messageId: 'm1',
    signal: new AbortController().signal,
    fetch: async (_url, init) => {
      sent.push(init);
      return response;
    },
  });
  for await (const event of stream) events.push(event);
  return events;
}

const textOf = (events: CompletionEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');

const REPLY =
  ': ping\n\n' +
  chunk({ role: 'assistant' }) +
  chunk({ content: 'Grüß ' }) +
  chunk({ content: '世界 🌍' }) +
  chunk({}, 'stop') +
  USAGE +
  'data: [DONE]\n\n';

describe('streamCompletion', () => {
  it('gives the text however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2000), { maxLength: 8 }), async (at) => {
        expect(textOf(await collect(streamed(REPLY, at)))).toBe('Grüß 世界 🌍');
      }),
      { numRuns: 60 },
    );
  });

  it('asks for a stream with usage, under the message it belongs to', async () => {
    const sent: RequestInit[] = [];
    await collect(streamed(REPLY), sent);
    expect(new Headers(sent[0]?.headers).get('x-ailab-message')).toBe('m1');
    expect(JSON.parse(String(sent[0]?.body))).toEqual({
      model: 'default',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'Hello' }],
    });
  });

  it('tells thinking from the answer, by its own field or by marks', async () => {
    const events = await collect(
      streamed(
        chunk({ reasoning_content: 'hm' }) +
          chunk({ content: '<think>so</th' }) +
          chunk({ content: 'ink>\n\nHi' }, 'stop') +
          'data: [DONE]\n\n',
      ),
    );
    expect(events).toEqual([
      { type: 'thought', text: 'hm' },
      { type: 'thought', text: 'so' },
      { type: 'text', text: 'Hi' },
    ]);
  });

  it('takes a finished reply without [DONE]', async () => {
    expect(textOf(await collect(streamed(chunk({ content: 'Hi' }, 'stop'))))).toBe('Hi');
  });

  it('names a reply that breaks off', async () => {
    await expect(collect(streamed(chunk({ content: 'Hi' })))).rejects.toMatchObject({
      report: { code: 'reply_broke_off' },
    });
  });

  it('reads a refusal in the shape of OpenAI, with the time to wait', async () => {
    const body = {
      error: { message: 'The model is loading.', type: 'unavailable', code: 'model_not_ready' },
    };
    const response = Response.json(body, { status: 503, headers: { 'retry-after': '3' } });
    await expect(collect(response)).rejects.toMatchObject({
      report: {
        code: 'model_not_ready',
        message: 'The model is loading.',
        fix: 'Try again in 3 s.',
      },
    });
  });

  it('reads an error inside the stream', async () => {
    const stream = chunk({ content: 'Hi' }) + 'data: {"error":{"message":"out of memory"}}\n\n';
    await expect(collect(streamed(stream))).rejects.toMatchObject({ report: { message: 'out of memory' } });
  });

  it('survives a body that is no JSON at all', async () => {
    await expect(collect(new Response('<html>', { status: 502 }))).rejects.toBeInstanceOf(ChatError);
    await expect(collect(streamed('data: {oops\n\n'))).rejects.toMatchObject({
      report: { code: 'reply_unreadable' },
    });
  });
});
