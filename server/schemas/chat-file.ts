/** Conversations as a file: what is exported, and what may come in. */
import * as z from 'zod';
import { attachments } from './chat-attachments.ts';
import { chatSettings } from './chat-settings.ts';
import { FILE_CHARACTERS_MAX } from './chat-file-limit.ts';
import { MESSAGE_STATES, reasoning, replyMetrics } from './chat.ts';

export const FILE_FORMAT = 'ailab-web/conversations';
export const FILE_CONVERSATIONS_MAX = 20_000;
/** Of all conversations of a file together: one transaction, which at 0.5 ms each holds everything else up. */
export const FILE_MESSAGES_MAX = 30_000;
const CONTENT_MAX = 2_000_000;

const id = z.string().regex(/^[\w-]{1,64}$/, 'an id of letters, digits, _ and -');
const time = z.number().int().min(0).max(8_640_000_000_000_000);

export const fileMessage = z.object({
  id,
  /** An earlier message of the same conversation; null for a first question. */
  parentId: id.nullable(),
  role: z.enum(['user', 'assistant']),
  content: z.string().max(CONTENT_MAX),
  state: z.enum(MESSAGE_STATES),
  createdAt: time,
  model: z.string().max(400).nullable(),
  metrics: replyMetrics.nullable(),
  error: z.string().max(2000).nullable(),
  settings: chatSettings.nullable(),
  attachments,
  reasoning: reasoning.nullish(),
});
export type FileMessage = z.infer<typeof fileMessage>;

export const fileConversation = z.object({
  id,
  title: z.string().trim().min(1).max(200),
  createdAt: time,
  updatedAt: time,
  settings: chatSettings,
  /** The last message of the branch that is shown. */
  leafId: id.nullable(),
  messages: z.array(fileMessage).max(FILE_MESSAGES_MAX),
});
export type FileConversation = z.infer<typeof fileConversation>;

export const chatFile = z.object({
  format: z.literal(FILE_FORMAT),
  version: z.literal(1),
  conversations: z.array(fileConversation).max(FILE_CONVERSATIONS_MAX),
});

/** OpenAI's messages: alone, as the body of a request, or a list of such bodies, as JSON. */
const openAiMessage = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant'], 'roles are system, user and assistant'),
  content: z.union(
    [
      z.string().max(CONTENT_MAX),
      z.array(z.object({ type: z.literal('text'), text: z.string().max(CONTENT_MAX) })),
    ],
    'content is text, or a list of text parts',
  ),
});
export const openAiConversation = z.object({
  messages: z.array(openAiMessage).min(1).max(FILE_MESSAGES_MAX),
  title: z.string().trim().min(1).max(200).optional(),
});
export type OpenAiConversation = z.infer<typeof openAiConversation>;

export const exportChatsInput = z.strictObject({
  /** Absent: all of them. */
  conversationId: z.string().min(1).max(64).optional(),
  as: z.enum(['json', 'markdown']),
});
export type ExportChatsInput = z.infer<typeof exportChatsInput>;

export const importChatsInput = z.strictObject({ text: z.string().max(FILE_CHARACTERS_MAX) });

export const chatsImported = z.object({
  /** Newest last. */
  imported: z.array(z.object({ id: z.string(), title: z.string(), messages: z.number() })),
  /** Titles of those that were here already, and were left as they are. */
  duplicates: z.array(z.string()),
});
export type ChatsImported = z.infer<typeof chatsImported>;
