import { expect, it } from 'vitest';
import { memoryDb } from '../testing/caller.ts';
import { createTransfer } from './chat-transfer.ts';
import { createChats } from './chats.ts';

function lab() {
  const db = memoryDb();
  return { ...createChats(db), ...createTransfer(db) };
}

it('what is exported comes in again whole: branches, settings, files; a second time it is a duplicate', () => {
  const from = lab();
  const first = from.turn({
    text: 'One',
    settings: { seed: 7 },
    attachments: [{ name: 'a.txt', text: 'A' }],
  });
  const conversationId = first.conversation.id;
  from.regenerate({ conversationId, messageId: first.messageId });
  const { text } = from.exportChats({ as: 'json' });
  expect(from.importChats({ text })).toEqual({ imported: [], duplicates: ['One'] });
  const to = lab();
  expect(to.importChats({ text }).imported).toEqual([{ id: conversationId, title: 'One', messages: 3 }]);
  const [question, reply] = to.get(conversationId).messages;
  expect(question).toMatchObject({ content: 'One', attachments: [{ name: 'a.txt', text: 'A' }] });
  expect(reply).toMatchObject({ state: 'stopped', settings: { seed: 7 } });
  expect(reply?.siblings).toHaveLength(2);
  expect(to.exportChats({ conversationId, as: 'markdown' }).text).toContain('## You\n\nFile "a.txt"');
});

it("takes OpenAI's messages, with the system prompt as a setting", () => {
  const to = lab();
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    { role: 'assistant', content: 'Hi' },
  ];
  for (const [file, count] of [
    [messages, 1],
    [{ model: 'x', messages }, 0],
    [[{ messages: [{ role: 'user', content: 'Other' }] }], 1],
  ] as const)
    expect(to.importChats({ text: JSON.stringify(file) }).imported).toHaveLength(count);
  const [, hello] = to.list(9).toSorted((a, b) => b.title.localeCompare(a.title));
  expect(to.get(hello?.id ?? '')).toMatchObject({ title: 'Hello', settings: { systemPrompt: 'Be brief.' } });
});

it('refuses what it cannot take whole, with the place, and imports nothing of it', () => {
  const to = lab();
  const good = { role: 'user', content: 'Hello' };
  for (const [file, words] of [
    ['{', /not JSON/],
    [[], /no conversation/],
    [{ messages: [good, { role: 'tool', content: 'x' }] }, /messages\.1\.role/],
    [{ format: 'ailab-web/conversations', version: 2, conversations: [] }, /version/],
    [ours({ parentId: 'm' }), /parentId/],
    [ours({ settings: { temperature: 9 } }), /temperature/],
  ] as const) {
    const text = typeof file === 'string' ? file : JSON.stringify(file);
    expect(() => to.importChats({ text })).toThrow(words);
  }
  expect(to.list(9)).toEqual([]);
});

function ours(over: object) {
  const message = {
    id: 'm',
    parentId: null,
    role: 'user',
    content: 'x',
    state: 'done',
    createdAt: 1,
    model: null,
    metrics: null,
    error: null,
    settings: null,
    attachments: [],
    ...over,
  };
  const whole = { id: 'c', title: 'T', createdAt: 1, updatedAt: 1, settings: {}, leafId: null };
  return {
    format: 'ailab-web/conversations',
    version: 1,
    conversations: [{ ...whole, messages: [message] }],
  };
}
