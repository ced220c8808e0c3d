/** The tables of one home. Times are epoch milliseconds; durations are milliseconds; ids sort by time. */
import { index, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Who holds what alone: the server of this home, and the one mutating activity. */
export const leases = sqliteTable('leases', {
  name: text('name').primaryKey(),
  pid: integer('pid').notNull(),
  /** Start mark of the holder's process, so that a reused pid is not taken for it. */
  started: text('started').notNull(),
  /** What the holder does, in words. */
  holder: text('holder').notNull(),
  since: integer('since').notNull(),
});

export const activities = sqliteTable(
  'activities',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    state: text('state').notNull(),
    startedBy: text('started_by').notNull(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    /** What was asked for, so that it can be asked for again. */
    input: text('input', { mode: 'json' }).notNull(),
    steps: text('steps', { mode: 'json' }).notNull(),
    error: text('error', { mode: 'json' }),
    outcome: text('outcome'),
  },
  (table) => [index('activities_started').on(table.startedAt)],
);

/** The ledger: one row per metered request. */
export const requests = sqliteTable(
  'requests',
  {
    id: text('id').primaryKey(),
    startedAt: integer('started_at').notNull(),
    route: text('route').notNull(),
    model: text('model').notNull(),
    caller: text('caller').notNull(),
    streamed: integer('streamed', { mode: 'boolean' }).notNull(),
    status: integer('status').notNull(),
    outcome: text('outcome').notNull(),
    errorCode: text('error_code'),
    ttftMs: real('ttft_ms'),
    durationMs: real('duration_ms').notNull(),
    promptTokens: integer('prompt_tokens'),
    cachedTokens: integer('cached_tokens'),
    completionTokens: integer('completion_tokens'),
    generationMs: real('generation_ms'),
    tokensPerSecond: real('tokens_per_second'),
  },
  (table) => [index('requests_started').on(table.startedAt)],
);

export const conversations = sqliteTable(
  'conversations',
  {
    id: text('id').primaryKey(),
    title: text('title').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [index('conversations_updated').on(table.updatedAt)],
);

export const messages = sqliteTable(
  'messages',
  {
    id: text('id').primaryKey(),
    conversationId: text('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    role: text('role').notNull(),
    content: text('content').notNull(),
    state: text('state').notNull(),
    createdAt: integer('created_at').notNull(),
    model: text('model'),
    metrics: text('metrics', { mode: 'json' }),
    error: text('error'),
  },
  (table) => [index('messages_conversation').on(table.conversationId, table.id)],
);

/** Browsers that are logged in. Cookie and secret are kept as SHA-256 only. */
export const logins = sqliteTable('logins', {
  id: text('id').primaryKey(),
  cookieHash: text('cookie_hash').notNull().unique(),
  secretHash: text('secret_hash').notNull(),
  createdAt: integer('created_at').notNull(),
  lastSeenAt: integer('last_seen_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  userAgent: text('user_agent').notNull(),
});

/** Keys of programs. Only the SHA-256 is kept. */
export const apiKeys = sqliteTable('api_keys', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  prefix: text('prefix').notNull(),
  hash: text('hash').notNull().unique(),
  createdAt: integer('created_at').notNull(),
  lastUsedAt: integer('last_used_at'),
});
