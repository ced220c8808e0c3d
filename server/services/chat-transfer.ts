/** Conversations out of the lab and into it. An import is all or nothing, and changes nothing that is there. */
import type { Db } from '../../db/client.ts';
import * as store from '../../db/queries/chats.ts';
import { newId } from '../lib/id.ts';
import {
  FILE_FORMAT,
  fileConversation,
  type ChatsImported,
  type ExportChatsInput,
  type FileConversation,
} from '../schemas/chat-file.ts';
import { readChatFile } from './chat-file.ts';
import { toMarkdown } from './chat-markdown.ts';
import { notFound } from './chats.ts';

export function createTransfer(db: Db) {
  const whole = (row: store.ConversationRow): FileConversation =>
    fileConversation.parse({
      ...row,
      settings: row.settings ?? {},
      messages: store
        .messagesOf(db, row.id)
        .map((message) => ({ ...message, attachments: message.attachments ?? [] })),
    });

  const chosen = (id: string | undefined): FileConversation[] => {
    if (id === undefined) return store.allConversations(db).map(whole);
    const row = store.findConversation(db, id);
    if (row === undefined) throw notFound('conversation', id);
    return [whole(row)];
  };

  return {
    /** The file's name and its text. */
    exportChats({ conversationId, as }: ExportChatsInput): { name: string; text: string } {
      const conversations = chosen(conversationId);
      const [first] = conversations;
      const name = conversationId === undefined || first === undefined ? 'conversations' : slug(first.title);
      if (as === 'markdown')
        return { name: `${name}.md`, text: conversations.map(toMarkdown).join('\n---\n\n') };
      const file = {
        format: FILE_FORMAT,
        version: 1,
        exportedAt: new Date().toISOString(),
        conversations,
      };
      return { name: `${name}.json`, text: `${JSON.stringify(file, null, 2)}\n` };
    },

    importChats({ text }: { text: string }): ChatsImported {
      const conversations = readChatFile(text, Date.now());
      const fresh = new Map<string, FileConversation>();
      const duplicates: string[] = [];
      for (const one of conversations) {
        if (fresh.has(one.id) || store.findConversation(db, one.id) !== undefined) duplicates.push(one.title);
        else fresh.set(one.id, one);
      }
      store.addConversations(db, [...fresh.values()].map(toRows));
      const imported = [...fresh.values()].map(({ id, title, messages }) => ({
        id,
        title,
        messages: messages.length,
      }));
      return { imported, duplicates };
    },
  };
}

/** Messages get ids of ours: those of the file may be taken by another conversation. */
function toRows(file: FileConversation): {
  conversation: store.ConversationRow;
  messages: store.MessageRow[];
} {
  const ids = new Map(file.messages.map(({ id }) => [id, newId()]));
  const own = (id: string | null) => (id === null ? null : (ids.get(id) ?? null));
  const { id, title, createdAt, updatedAt, settings } = file;
  return {
    conversation: { id, title, createdAt, updatedAt, settings, leafId: own(file.leafId) },
    messages: file.messages.map((message) => {
      // The ledger of this lab has no row of it.
      const { requestId: _requestId, ...metrics } = message.metrics ?? { requestId: undefined };
      return {
        ...message,
        id: own(message.id) ?? newId(),
        parentId: own(message.parentId),
        conversationId: id,
        // Nobody is writing it here.
        state: message.state === 'streaming' ? 'stopped' : message.state,
        metrics: message.metrics === null ? null : metrics,
        reasoning: message.reasoning ?? null,
        attachments: message.attachments.length === 0 ? null : message.attachments,
      };
    }),
  };
}

function slug(title: string): string {
  const words = title
    .normalize('NFKD')
    .replaceAll(/[^\w]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return words === '' ? 'conversation' : words.slice(0, 60);
}
