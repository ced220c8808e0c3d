/** A home as after years: its database filled by SQL, repeatable, the way its own writers fill it. */
import { mkdirSync } from 'node:fs';
import { closeDb, openDb, SOURCE_MIGRATIONS, type Db } from '../../db/client.ts';
import { locateHome } from '../../server/lib/home.ts';
import { sentences } from './sentences.ts';

const DAY_MS = 86_400_000;
/** Each request's own numbers, as the cost meter writes them. */
const COST = `json_object('currency', 'EUR',
  'electricity', json_object('low', d * 1.123e-7, 'high', d * 3.377e-7, 'source', 'estimate',
    'joules', json_object('low', d * 0.01051, 'high', d * 0.03025)),
  'hardware', json_object('low', d * 2.1e-7, 'high', d * 4.3e-7),
  'api', json_object('name', 'gpt-5-nano', 'date', '2025-09-05', 'currency', 'USD', 'amount', d * 1.7e-8))`;
const MESSAGES_EACH = 4;

export function fillHome(root: string, requests: number, conversations: number): void {
  mkdirSync(root, { recursive: true });
  const db = openDb({ file: locateHome(root).database, migrations: SOURCE_MIGRATIONS });
  try {
    fillLedger(db, requests, 30, 0);
    fillChats(db, conversations);
  } finally {
    closeDb(db);
  }
}

/** Evenly over the time from `from` days ago to `to` days ago, oldest first. */
export function fillLedger(db: Db, count: number, from: number, to: number): void {
  const begin = Date.now() - from * DAY_MS;
  const every = ((from - to) * DAY_MS) / count;
  db.$client
    .prepare(
      `INSERT INTO requests (id, started_at, route, model, caller, streamed, status, outcome, ttft_ms, duration_ms,
        prompt_tokens, cached_tokens, completion_tokens, generation_ms, tokens_per_second, prompt_ms, queue_ms, cost,
        user_agent, lock_sha256)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1),
        m AS (SELECT i, 300.5 + (i * 104729) % 9000 AS d FROM n)
      SELECT printf('%013d-%07d', ? + i * ?, i), cast(? + i * ? AS integer), '/v1/chat/completions',
        'SmolLM2-360M-' || (i % 3), 'key ' || (i % 7), 1, 200, CASE WHEN i % 50 = 0 THEN 'error' ELSE 'ok' END,
        50 + (i * 7919) % 400, d, 100 + i % 900, i % 50, i % 300, 200 + i % 8000, 40,
        50 + i % 300, i % 20, ${COST}, 'openai-python/1.2.' || (i % 9), ? FROM m`,
    )
    .run(count, begin, every, begin, every, '0'.repeat(64));
}

function fillChats(db: Db, count: number): void {
  const conversation = db.$client.prepare(
    'INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)',
  );
  const message = db.$client.prepare(
    `INSERT INTO messages (id, conversation_id, role, content, state, created_at, parent_id)
     VALUES (?, ?, ?, ?, 'done', ?, ?)`,
  );
  db.$client.transaction(() => {
    for (let at = 0; at < count; at += 1) {
      const id = conversationId(at);
      conversation.run(id, sentences(at, 6), at, at);
      for (let place = 0; place < MESSAGES_EACH; place += 1) {
        const [role, words] = place % 2 === 0 ? ['user', 20] : ['assistant', 120];
        const parent = place === 0 ? null : `${id}-${place - 1}`;
        message.run(
          `${id}-${place}`,
          id,
          role,
          sentences(at * MESSAGES_EACH + place, Number(words)),
          at,
          parent,
        );
      }
    }
  })();
}

export const conversationId = (at: number): string => `conversation-${String(at).padStart(6, '0')}`;
