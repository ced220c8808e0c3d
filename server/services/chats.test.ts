import { beforeEach, describe, expect, it } from 'vitest';
import { memoryDb } from '../testing/caller.ts';
import { createChats, type Chats, type ReplyEnd } from './chats.ts';

const METRICS = {
  ttftMs: 12,
  durationMs: 100,
  promptTokens: 5,
  cachedTokens: 0,
  completionTokens: 3,
  tokensPerSecond: 30,
};
const said = (content: string, over: Partial<ReplyEnd> = {}): ReplyEnd => ({
  content,
  state: 'done',
  model: 'm',
  metrics: METRICS,
  error: null,
  ...over,
});

let chats: Chats;
beforeEach(() => {
  chats = createChats(memoryDb());
});

describe('a turn', () => {
  it('makes a conversation with the question and a reply that waits for its words', () => {
    const turn = chats.turn({ text: '  Hello\nthere ' });
    expect(turn.messages).toEqual([{ role: 'user', content: '  Hello\nthere ' }]);
    expect(turn.conversation).toMatchObject({
      title: 'Hello there',
      messages: [
        { role: 'user', state: 'done' },
        { role: 'assistant', state: 'streaming' },
      ],
    });
    expect(chats.awaits(turn.messageId)).toBe(true);
  });

  it('keeps the reply with its numbers, once', () => {
    const { messageId, conversation } = chats.turn({ text: 'Hello' });
    chats.end(messageId, said('Hi!'));
    chats.end(messageId, said('Another'));
    expect(chats.awaits(messageId)).toBe(false);
    expect(chats.get(conversation.id).messages[1]).toMatchObject({
      content: 'Hi!',
      state: 'done',
      metrics: METRICS,
    });
  });

  it('tells the model what was said before, less the replies without words', () => {
    const first = chats.turn({ text: 'One' });
    chats.end(first.messageId, said('1'));
    const second = chats.turn({ conversationId: first.conversation.id, text: 'Two' });
    chats.end(second.messageId, said('', { state: 'failed', error: 'broke off' }));
    const third = chats.turn({ conversationId: first.conversation.id, text: 'Three' });
    expect(third.messages.map(({ content }) => content)).toEqual(['One', '1', 'Two', 'Three']);
  });

  it('regenerates a reply: it and what came after it are replaced', () => {
    const first = chats.turn({ text: 'One' });
    chats.end(first.messageId, said('1'));
    const second = chats.turn({ conversationId: first.conversation.id, text: 'Two' });
    const anew = chats.regenerate({ conversationId: first.conversation.id, messageId: first.messageId });
    expect(anew.messages).toEqual([{ role: 'user', content: 'One' }]);
    expect(chats.awaits(second.messageId)).toBe(false);
    expect(anew.conversation.messages).toHaveLength(2);
  });

  it('refuses what is not there', () => {
    expect(() => chats.turn({ conversationId: 'none', text: 'x' })).toThrow(/no conversation none/);
    expect(() => chats.regenerate({ conversationId: 'none', messageId: 'none' })).toThrow(/no reply/);
  });
});

it('lists, renames and deletes; the messages go with the conversation', () => {
  const { conversation, messageId } = chats.turn({ text: 'x'.repeat(80) });
  expect(chats.list()).toMatchObject([{ title: `${'x'.repeat(59)}…`, messageCount: 2 }]);
  chats.rename(conversation.id, 'Short');
  expect(chats.list()[0]?.title).toBe('Short');
  chats.remove(conversation.id);
  expect([chats.list(), chats.awaits(messageId)]).toEqual([[], false]);
  expect(() => chats.remove(conversation.id)).toThrow(/no conversation/);
});

it('after a crash no reply waits for ever', () => {
  const { messageId, conversation } = chats.turn({ text: 'Hello' });
  chats.settle();
  expect(chats.awaits(messageId)).toBe(false);
  expect(chats.get(conversation.id).messages[1]).toMatchObject({
    state: 'failed',
    error: expect.stringContaining('server ended'),
  });
});
