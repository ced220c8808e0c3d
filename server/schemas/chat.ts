/** Conversations as the browser sees them. */
import * as z from 'zod';
import { attachment, attachments } from './chat-attachments.ts';
import { chatSettings } from './chat-settings.ts';

export const MESSAGE_STATES = ['streaming', 'done', 'stopped', 'failed'] as const;

export const replyMetrics = z.object({
  /** The ledger's row of it. */
  requestId: z.string().optional(),
  /** Milliseconds to the first token; null when none came. */
  ttftMs: z.number().nullable(),
  durationMs: z.number(),
  promptTokens: z.number().nullable(),
  cachedTokens: z.number().nullable(),
  completionTokens: z.number().nullable(),
  /** Generation speed in tokens per second as the runtime measured it; null when unknown. */
  tokensPerSecond: z.number().nullable(),
});
export type ReplyMetrics = z.infer<typeof replyMetrics>;

/** What a model thought before it answered. */
export const reasoning = z.object({
  text: z.string(),
  /** Milliseconds from the first thought to the answer's first word. */
  ms: z.number(),
});
export type Reasoning = z.infer<typeof reasoning>;

export const chatMessage = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  /** Never part of `content`, and never told to the model again. */
  reasoning: reasoning.nullish(),
  state: z.enum(MESSAGE_STATES),
  createdAt: z.number(),
  /** Model that answered; null on a user's message. */
  model: z.string().nullable(),
  metrics: replyMetrics.nullable(),
  error: z.string().nullable(),
  /** The message before it; null for a first question. */
  parentId: z.string().nullable(),
  /** All that stand in its place, itself among them, oldest first. */
  siblings: z.array(z.string()),
  attachments: z.array(attachment),
  /** What a reply was asked with; null on a question, and on replies from before that was kept. */
  settings: chatSettings.nullable(),
});
export type ChatMessage = z.infer<typeof chatMessage>;

export const conversationSummary = z.object({
  id: z.string(),
  title: z.string(),
  updatedAt: z.number(),
  messageCount: z.number(),
});
export type ConversationSummary = z.infer<typeof conversationSummary>;

/** `messages`: the branch that is shown, from the first question to its last reply. */
export const conversation = conversationSummary.extend({
  messages: z.array(chatMessage),
  settings: chatSettings,
});
export type Conversation = z.infer<typeof conversation>;

export const listInput = z.strictObject({ limit: z.number().int().min(1).max(100_000) });

const id = z.string().min(1).max(64);

export const turnInput = z.strictObject({
  /** Absent: a new conversation is made. */
  conversationId: id.optional(),
  /** The user's words; up to 200,000 characters. */
  text: z.string().trim().min(1).max(200_000),
  /** Absent with `edits`: those of the question that is edited. */
  attachments: attachments.optional(),
  /** The conversation's from now on; absent: those it has. */
  settings: chatSettings.optional(),
  /** The question in whose place this one is asked, as a branch beside it. */
  edits: id.optional(),
});
export type TurnInput = z.infer<typeof turnInput>;

export const regenerateInput = z.strictObject({
  conversationId: id,
  /** The reply beside which another one is written. */
  messageId: id,
  /** For this reply alone, instead of the conversation's. */
  settings: chatSettings.optional(),
});
export type RegenerateInput = z.infer<typeof regenerateInput>;

export const messageInput = z.strictObject({ conversationId: id, messageId: id });
export const settingsInput = z.strictObject({ conversationId: id, settings: chatSettings });

/**
 * A turn that is ready to be sent: the browser posts `messages` to `/v1/chat/completions` with the header
 * `x-ailab-message: <messageId>`, and the gateway stores the reply under that id as it passes.
 */
export const turn = z.object({
  conversation,
  messageId: z.string(),
  /** What the reply is asked with; the system prompt is the first of `messages`. */
  settings: chatSettings,
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })),
});
export type Turn = z.infer<typeof turn>;

/** A reply as it grows: first the whole of what has come, then what was added to it. */
export interface ReplyPiece {
  whole: boolean;
  text: string;
  thought: string;
  /** Milliseconds of thinking so far; null before the first thought. */
  thoughtMs: number | null;
  startedAt: number;
}

export const messageId = z.strictObject({ messageId: id });
export const renameInput = z.strictObject({ conversationId: id, title: z.string().trim().min(1).max(200) });
export const conversationId = z.strictObject({ conversationId: id });
