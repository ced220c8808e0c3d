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
    /** What the runtime spent reading the prompt. */
    promptMs: real('prompt_ms'),
    /** What the request waited for the runtime: behind others, and for a model that was still loading. */
    queueMs: real('queue_ms'),
    loadMs: real('load_ms'),
    /** SHA-256 of the lock that was in force; null when there was none. */
    lockSha256: text('lock_sha256'),
    /** What it cost, with the inputs of that moment (schemas/cost.ts); null when nothing is known. */
    cost: text('cost', { mode: 'json' }),
    /** Of the program that asked, cut and harmless; null where it told none. */
    userAgent: text('user_agent'),
  },
  (table) => [index('requests_started').on(table.startedAt)],
);

/** What was actually brought up, or imported, newest last; the newest row is the lock. */
export const locks = sqliteTable('locks', {
  id: text('id').primaryKey(),
  createdAt: integer('created_at').notNull(),
  /** `up` or `import`. */
  origin: text('origin').notNull(),
  activityId: text('activity_id'),
  /** SHA-256 of the exported text. */
  sha256: text('sha256').notNull(),
  /** Lock v2 (DESIGN §4), with the unknown keys it came with. */
  document: text('document', { mode: 'json' }).notNull(),
});

/** Receipts of hooks. */
export const hookRuns = sqliteTable(
  'hook_runs',
  {
    id: text('id').primaryKey(),
    /** Null for a run by hand. */
    activityId: text('activity_id'),
    phase: text('phase').notNull(),
    name: text('name').notNull(),
    type: text('type').notNull(),
    state: text('state').notNull(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    exitCode: integer('exit_code'),
    /** What it wrote, capped; kept whole in a file of the home when it failed. */
    output: text('output').notNull(),
    error: text('error', { mode: 'json' }),
  },
  (table) => [index('hook_runs_name').on(table.name, table.startedAt)],
);

/** Small decisions of the user that are no part of ai-lab.yaml, by key: drift to ignore, confirmed commands, … */
export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: text('value', { mode: 'json' }).notNull(),
  updatedAt: integer('updated_at').notNull(),
});

export const conversations = sqliteTable(
  'conversations',
  {
    id: text('id').primaryKey(),
    title: text('title').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** What it asks of the model (schemas/chat-settings.ts); null: nothing but the defaults. */
    settings: text('settings', { mode: 'json' }),
    /** The last message of the branch that is shown; null: the newest one. */
    leafId: text('leaf_id'),
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
    reasoning: text('reasoning', { mode: 'json' }),
    state: text('state').notNull(),
    createdAt: integer('created_at').notNull(),
    model: text('model'),
    metrics: text('metrics', { mode: 'json' }),
    error: text('error'),
    /** Null for a first question. No foreign key: its cascade would go as deep as the conversation is long. */
    parentId: text('parent_id'),
    /** A reply's, as used. */
    settings: text('settings', { mode: 'json' }),
    /** A question's files, name and text. */
    attachments: text('attachments', { mode: 'json' }),
  },
  (table) => [index('messages_conversation').on(table.conversationId, table.id)],
);

/**
 * One row for each title and message in the index of the search. The index itself (`chat_fts`, FTS5), the view it
 * reads and the triggers that keep all three in step stand in the migration: drizzle knows none of them.
 */
export const chatDocs = sqliteTable(
  'chat_docs',
  {
    id: integer('id').primaryKey(),
    conversationId: text('conversation_id').notNull(),
    /** Null for the title. */
    messageId: text('message_id').unique(),
  },
  (table) => [index('chat_docs_conversation').on(table.conversationId)],
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

/** Links to the read-only status page. Of the unguessable part only the SHA-256 is kept. */
export const shares = sqliteTable('shares', {
  id: text('id').primaryKey(),
  hash: text('hash').notNull().unique(),
  /** The first characters of the link's unguessable part, to tell shares apart. */
  prefix: text('prefix').notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  createdBy: text('created_by').notNull(),
  /** Port of the listener for the network; null for this machine only. */
  lanPort: integer('lan_port'),
});
