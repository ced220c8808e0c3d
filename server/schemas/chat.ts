/** Conversations as the browser sees them. */
import { z } from 'zod';

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

export const chatMessage = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  state: z.enum(MESSAGE_STATES),
  createdAt: z.number(),
  /** Model that answered; null on a user's message. */
  model: z.string().nullable(),
  metrics: replyMetrics.nullable(),
  error: z.string().nullable(),
});
export type ChatMessage = z.infer<typeof chatMessage>;

export const conversationSummary = z.object({
  id: z.string(),
  title: z.string(),
  updatedAt: z.number(),
  messageCount: z.number(),
});
export type ConversationSummary = z.infer<typeof conversationSummary>;

export const conversation = conversationSummary.extend({ messages: z.array(chatMessage) });
export type Conversation = z.infer<typeof conversation>;

const id = z.string().min(1).max(64);

export const turnInput = z.strictObject({
  /** Absent: a new conversation is made. */
  conversationId: id.optional(),
  /** The user's words; up to 200,000 characters. */
  text: z.string().trim().min(1).max(200_000),
});

export const regenerateInput = z.strictObject({
  conversationId: id,
  /** The assistant's message to be answered anew; it and all after it are replaced. */
  messageId: id,
});

/**
 * A turn that is ready to be sent: the browser posts `messages` to `/v1/chat/completions` with the header
 * `x-ailab-message: <messageId>`, and the gateway stores the reply under that id as it passes.
 */
export const turn = z.object({
  conversation,
  messageId: z.string(),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.string() })),
});
export type Turn = z.infer<typeof turn>;

export const renameInput = z.strictObject({ conversationId: id, title: z.string().trim().min(1).max(200) });
export const conversationId = z.strictObject({ conversationId: id });
