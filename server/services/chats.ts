/** Conversations. The browser writes the user's words; the gateway stores the reply as it passes. */
import type { Db } from '../../db/client.ts';
import * as store from '../../db/queries/chats.ts';
import { LabError } from '../lib/errors.ts';
import { newId } from '../lib/id.ts';
import {
  chatMessage,
  type ChatMessage,
  type Conversation,
  type ConversationSummary,
  type ReplyMetrics,
  type Turn,
} from '../schemas/chat.ts';

const TITLE_LENGTH = 60;

export interface ReplyEnd {
  content: string;
  state: 'done' | 'stopped' | 'failed';
  model: string;
  metrics: ReplyMetrics;
  error: string | null;
}

export type Chats = ReturnType<typeof createChats>;

export function createChats(db: Db) {
  const get = (id: string): Conversation => {
    const row = store.findConversation(db, id);
    if (row === undefined) throw notFound('conversation', id);
    const messages = store.messagesOf(db, id).map((message) => chatMessage.parse(message));
    return { id, title: row.title, updatedAt: row.updatedAt, messageCount: messages.length, messages };
  };

  const turnOf = (conversationId: string, messageId: string): Turn => {
    const conversation = get(conversationId);
    return { conversation, messageId, messages: history(conversation.messages, messageId) };
  };

  return {
    list: (): ConversationSummary[] =>
      store
        .listConversations(db)
        .map(({ id, title, updatedAt, messageCount }) => ({ id, title, updatedAt, messageCount })),
    get,
    turn(input: { conversationId?: string | undefined; text: string }): Turn {
      const now = Date.now();
      const present =
        input.conversationId === undefined ? undefined : store.findConversation(db, input.conversationId);
      if (input.conversationId !== undefined && present === undefined)
        throw notFound('conversation', input.conversationId);
      const conversation = present ?? {
        id: newId(now),
        title: titleOf(input.text),
        createdAt: now,
        updatedAt: now,
      };
      const question = blank(conversation.id, 'user', input.text, now);
      const reply = blank(conversation.id, 'assistant', '', now);
      store.addMessages(db, { ...conversation, updatedAt: now }, [question, reply]);
      return turnOf(conversation.id, reply.id);
    },
    regenerate(input: { conversationId: string; messageId: string }): Turn {
      const present = store.findMessage(db, input.messageId);
      if (present?.conversationId !== input.conversationId || present.role !== 'assistant') {
        throw notFound('reply', input.messageId);
      }
      const reply = blank(input.conversationId, 'assistant', '', Date.now());
      store.replaceFrom(db, input.conversationId, input.messageId, reply);
      return turnOf(input.conversationId, reply.id);
    },
    /** Is there such a reply, still waiting for its words? */
    awaits: (messageId: string): boolean => store.findMessage(db, messageId)?.state === 'streaming',
    end(messageId: string, end: ReplyEnd): void {
      store.endMessage(db, messageId, end);
    },
    /** After a start: nothing can be streaming any more. */
    settle(): void {
      store.endOrphanedMessages(db, 'The server ended before the reply was complete.');
    },
    rename(id: string, title: string): void {
      if (!store.renameConversation(db, id, title)) throw notFound('conversation', id);
    },
    remove(id: string): void {
      if (!store.deleteConversation(db, id)) throw notFound('conversation', id);
    },
  };
}

/** What the model is told: everything before the reply, less the replies that hold no words. */
function history(messages: ChatMessage[], messageId: string): Turn['messages'] {
  const end = messages.findIndex((message) => message.id === messageId);
  return messages
    .slice(0, end === -1 ? messages.length : end)
    .filter((message) => message.content !== '')
    .map(({ role, content }) => ({ role, content }));
}

function blank(
  conversationId: string,
  role: 'user' | 'assistant',
  content: string,
  now: number,
): store.MessageRow {
  const state = role === 'user' ? 'done' : 'streaming';
  return {
    id: newId(now),
    conversationId,
    role,
    content,
    state,
    createdAt: now,
    model: null,
    metrics: null,
    error: null,
  };
}

function titleOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1).trimEnd()}…`;
}

function notFound(what: string, id: string): LabError {
  return new LabError({
    code: `${what}_not_found`,
    message: `There is no ${what} ${id}; it may have been deleted.`,
    fix: 'Choose another conversation, or start a new one.',
    status: 404,
  });
}
