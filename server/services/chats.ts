/** Conversations. The browser writes the user's words; the gateway stores the reply as it passes. */
import * as z from 'zod';
import type { Db } from '../../db/client.ts';
import * as store from '../../db/queries/chats.ts';
import { LabError } from '../lib/errors.ts';
import { newId } from '../lib/id.ts';
import { attachments, type Attachment } from '../schemas/chat-attachments.ts';
import { withAttachments } from '../schemas/attachment-text.ts';
import { chatSettings, type ChatSettings } from '../schemas/chat-settings.ts';
import {
  chatMessage,
  type ChatMessage,
  type Conversation,
  type ConversationSummary,
  type Reasoning,
  type RegenerateInput,
  type ReplyMetrics,
  type Turn,
  type TurnInput,
} from '../schemas/chat.ts';
import { titleOf } from './chat-title.ts';
import { branchFrom, childrenOf, newestLeaf, pathTo } from './chat-tree.ts';
import type { GrowingReply } from './live-replies.ts';

export interface ReplyEnd {
  content: string;
  reasoning: Reasoning | null;
  state: 'done' | 'stopped' | 'failed';
  model: string;
  metrics: ReplyMetrics;
  error: string | null;
}

export type Chats = ReturnType<typeof createChats>;

const storedAttachments = attachments.catch([]);
export const storedSettings = chatSettings.catch({});
const kept = z.object({ attachments: storedAttachments });

export function createChats(db: Db) {
  const rowOf = (id: string): store.ConversationRow => {
    const row = store.findConversation(db, id);
    if (row === undefined) throw notFound('conversation', id);
    return row;
  };

  const get = (id: string): Conversation => {
    const row = rowOf(id);
    const all = store.messagesOf(db, id);
    const children = childrenOf(all);
    const messages = pathTo(all, row.leafId).map((message) => {
      const siblings = children.get(message.parentId) ?? [message.id];
      return chatMessage.parse({ ...message, siblings, attachments: message.attachments ?? [] });
    });
    const { title, updatedAt } = row;
    const settings = storedSettings.parse(row.settings ?? {});
    return { id, title, updatedAt, settings, messageCount: all.length, messages };
  };

  const messageOf = (conversationId: string, messageId: string, role?: string): store.MessageRow => {
    const message = store.findMessage(db, messageId);
    const right = message?.conversationId === conversationId && (role === undefined || message.role === role);
    if (message === undefined || !right)
      throw notFound(role === 'assistant' ? 'reply' : 'message', messageId);
    return message;
  };

  const turnOf = (conversationId: string, messageId: string, settings: ChatSettings): Turn => {
    const conversation = get(conversationId);
    const messages = history(conversation.messages, messageId);
    const { systemPrompt } = settings;
    const system = systemPrompt === undefined ? [] : [{ role: 'system' as const, content: systemPrompt }];
    return { conversation, messageId, settings, messages: [...system, ...messages] };
  };

  return {
    list: (limit: number): ConversationSummary[] => store.listConversations(db, limit),
    get,
    /** All that stand in the place of that message, oldest first. */
    versions(conversationId: string, messageId: string): ChatMessage[] {
      const { parentId } = messageOf(conversationId, messageId);
      const all = store.messagesOf(db, conversationId).filter((one) => one.parentId === parentId);
      const siblings = all.map(({ id }) => id);
      return all.map((one) => chatMessage.parse({ ...one, siblings, attachments: one.attachments ?? [] }));
    },
    turn(input: TurnInput): Turn {
      const now = Date.now();
      const { conversationId, text, edits } = input;
      if (edits !== undefined && conversationId === undefined) throw notFound('message', edits);
      const edited =
        edits === undefined || conversationId === undefined
          ? undefined
          : messageOf(conversationId, edits, 'user');
      const present = conversationId === undefined ? newConversation(text, now) : rowOf(conversationId);
      const conversation =
        input.settings === undefined ? present : { ...present, settings: orNull(input.settings) };
      const settings = storedSettings.parse(conversation.settings ?? {});
      const parentId =
        edited === undefined
          ? (pathTo(store.messagesOf(db, conversation.id), conversation.leafId).at(-1)?.id ?? null)
          : edited.parentId;
      const files = input.attachments ?? kept.parse({ attachments: edited?.attachments ?? [] }).attachments;
      const question = {
        ...blank(conversation.id, 'user', parentId, now),
        content: text,
        attachments: orNull(files),
      };
      const reply = { ...blank(conversation.id, 'assistant', question.id, now), settings };
      store.addMessages(db, { ...conversation, updatedAt: now }, [question, reply]);
      return turnOf(conversation.id, reply.id, settings);
    },
    /** Another reply to the same question, beside the one that is there. */
    regenerate(input: RegenerateInput): Turn {
      const now = Date.now();
      const conversation = rowOf(input.conversationId);
      const present = messageOf(conversation.id, input.messageId, 'assistant');
      const settings = input.settings ?? storedSettings.parse(conversation.settings ?? {});
      const reply = { ...blank(conversation.id, 'assistant', present.parentId, now), settings };
      store.addMessages(db, { ...conversation, updatedAt: now }, [reply]);
      return turnOf(conversation.id, reply.id, settings);
    },
    /** Shows the branch in which that message stands, to its newest end. */
    select(conversationId: string, messageId: string): Conversation {
      messageOf(conversationId, messageId);
      const all = store.messagesOf(db, conversationId);
      // What is shown already stays as it is, also where a newer branch leads on from it.
      const shown = pathTo(all, rowOf(conversationId).leafId).some(({ id }) => id === messageId);
      if (!shown) store.changeConversation(db, conversationId, { leafId: newestLeaf(all, messageId) });
      return get(conversationId);
    },
    /** Removes one branch of several, with all that follows in it. */
    prune(conversationId: string, messageId: string): Conversation {
      const message = messageOf(conversationId, messageId);
      const all = store.messagesOf(db, conversationId);
      const siblings = childrenOf(all).get(message.parentId) ?? [];
      const place = siblings.indexOf(messageId);
      const next = siblings[place - 1] ?? siblings[place + 1];
      if (next === undefined) throw onlyBranch();
      store.removeMessages(db, conversationId, branchFrom(all, messageId), newestLeaf(all, next));
      return get(conversationId);
    },
    setSettings(id: string, settings: ChatSettings): void {
      const changed = store.changeConversation(db, id, { settings: orNull(settings) });
      if (!changed) throw notFound('conversation', id);
    },
    /** Is there such a reply, still waiting for its words? */
    awaits: (messageId: string): boolean => store.findMessage(db, messageId)?.state === 'streaming',
    /** What has come of a reply that is still being written. */
    progress(messageId: string, { text, reasoning }: GrowingReply): void {
      store.endMessage(db, messageId, { content: text, reasoning });
    },
    end(messageId: string, end: Partial<ReplyEnd>): void {
      store.endMessage(db, messageId, end);
    },
    /** After a start: nothing can be streaming any more. */
    settle(): void {
      store.endOrphanedMessages(db, 'The server ended before the reply was complete.');
    },
    rename(id: string, title: string): void {
      if (!store.changeConversation(db, id, { title })) throw notFound('conversation', id);
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
    .map(({ role, content, attachments: files }) => ({ role, content: withAttachments(content, files) }));
}

function newConversation(text: string, now: number): store.ConversationRow {
  return {
    id: newId(now),
    title: titleOf(text),
    createdAt: now,
    updatedAt: now,
    settings: null,
    leafId: null,
  };
}

/** What holds nothing is kept as NULL. */
function orNull<T extends ChatSettings | Attachment[]>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}

function blank(
  conversationId: string,
  role: 'user' | 'assistant',
  parentId: string | null,
  now: number,
): store.MessageRow {
  return {
    id: newId(now),
    conversationId,
    role,
    content: '',
    reasoning: null,
    state: role === 'user' ? 'done' : 'streaming',
    createdAt: now,
    model: null,
    metrics: null,
    error: null,
    parentId,
    settings: null,
    attachments: null,
  };
}

export function notFound(what: string, id: string): LabError {
  return new LabError({
    code: `${what}_not_found`,
    message: `There is no ${what} ${id}; it may have been deleted.`,
    fix: 'Choose another conversation, or start a new one.',
    status: 404,
  });
}

function onlyBranch(): LabError {
  return new LabError({
    code: 'only_branch',
    message: 'There is no other version beside this message.',
    fix: 'Delete the conversation instead, or edit the message.',
    status: 409,
  });
}
