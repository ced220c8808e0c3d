import { beforeEach, describe, expect, it } from 'vitest';
import { memoryDb } from '../testing/caller.ts';
import { searchChats } from './chat-search.ts';
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
  reasoning: null,
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

  it('keeps a reply that is given anew beside the first, each with what it was asked with', () => {
    const first = chats.turn({ text: 'One', settings: { seed: 7, systemPrompt: 'Be brief.' } });
    const conversationId = first.conversation.id;
    expect(first.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    chats.end(first.messageId, said('1'));
    const anew = chats.regenerate({ conversationId, messageId: first.messageId, settings: { seed: 8 } });
    expect(anew.messages).toEqual([{ role: 'user', content: 'One' }]);
    expect(anew.conversation.messages[1]).toMatchObject({
      siblings: [first.messageId, anew.messageId],
      settings: { seed: 8 },
    });
    const versions = chats.versions(conversationId, first.messageId).map(({ id }) => id);
    expect(versions).toEqual([first.messageId, anew.messageId]);
    expect(chats.select(conversationId, first.messageId).messages[1]).toMatchObject({
      content: '1',
      settings: { seed: 7 },
    });
  });

  it('asks an edited question in a branch of its own, with its files, and goes on there', () => {
    const first = chats.turn({ text: 'One', attachments: [{ name: 'a.txt', text: 'A' }] });
    const conversationId = first.conversation.id;
    const [question] = first.conversation.messages;
    const edited = chats.turn({ conversationId, text: 'Two', edits: question?.id ?? '' });
    expect(edited.messages[0]?.content).toBe('File "a.txt":\n```\nA\n```\n\nTwo');
    const next = chats.turn({ conversationId, text: 'More' });
    expect(next.conversation.messages.map(({ content }) => content)).toEqual(['Two', '', 'More', '']);
    const pruned = chats.prune(conversationId, edited.conversation.messages[0]?.id ?? '');
    expect(pruned.messages.map(({ content }) => content)).toEqual(['One', '']);
    expect(pruned.messageCount).toBe(2);
    expect(() => chats.prune(conversationId, question?.id ?? '')).toThrow(/no other version/);
  });

  it('refuses what is not there', () => {
    expect(() => chats.turn({ conversationId: 'none', text: 'x' })).toThrow(/no conversation none/);
    expect(() => chats.regenerate({ conversationId: 'none', messageId: 'none' })).toThrow(/no conversation/);
  });
});

it('lists, renames and deletes; the messages go with the conversation', () => {
  const { conversation, messageId } = chats.turn({ text: 'x'.repeat(80) });
  expect(chats.list(9)).toMatchObject([{ title: `${'x'.repeat(59)}…`, messageCount: 2 }]);
  chats.rename(conversation.id, 'Short');
  expect(chats.list(9)[0]?.title).toBe('Short');
  chats.remove(conversation.id);
  expect([chats.list(9), chats.awaits(messageId)]).toEqual([[], false]);
  expect(() => chats.remove(conversation.id)).toThrow(/no conversation/);
});

it('finds words by their beginning in titles and messages, and nothing that is gone', () => {
  const db = memoryDb();
  const own = createChats(db);
  const one = own.turn({ text: 'Where do Büffel graze?' });
  own.end(one.messageId, said('In the "prairie" (west).'));
  own.rename(one.conversation.id, 'Animals');
  const titles = (text: string) => searchChats(db, text).results.map(({ title }) => title[0]?.text);
  expect(titles('anim')).toEqual(['Animals']);
  expect(titles('buf gra')).toEqual(['Animals']);
  expect(titles('prair')).toEqual(['Animals']);
  expect(searchChats(db, 'west').results[0]?.messages[0]?.words).toContainEqual({ text: 'west', hit: true });
  for (const syntax of ['"', 'NEAR(', 'a OR', 'title:', '-x*', '^', '()', "'; --"])
    expect(titles(syntax)).toEqual([]);
  own.remove(one.conversation.id);
  expect(titles('anim')).toEqual([]);
  expect(titles('prair')).toEqual([]);
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
