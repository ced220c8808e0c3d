/** The index of the search. `match` is an FTS5 expression: only ever made of quoted words (services/chat-search.ts). */
import { sql } from 'drizzle-orm';
import type { Db } from '../client.ts';

/** Around what was found; no text of a person holds them. */
export const HIT_BEGINS = '\u0002';
export const HIT_ENDS = '\u0003';

export interface TitleHit {
  conversationId: string;
  title: string;
  updatedAt: number;
}

export interface MessageHit extends TitleHit {
  messageId: string;
  role: string;
  words: string;
}

/** Newest first. */
export function searchTitles(db: Db, match: string, limit: number): TitleHit[] {
  return db.all<TitleHit>(sql`
    select d.conversation_id as conversationId, c.updated_at as updatedAt,
      highlight(chat_fts, 0, ${HIT_BEGINS}, ${HIT_ENDS}) as title
    from chat_fts join chat_docs d on d.id = chat_fts.rowid join conversations c on c.id = d.conversation_id
    where chat_fts match ${`{title} : (${match})`}
    order by chat_fts.rowid desc limit ${limit}`);
}

/** Newest first; `title` is plain, `words` the place around what was found. */
export function searchMessages(db: Db, match: string, limit: number): MessageHit[] {
  return db.all<MessageHit>(sql`
    select d.conversation_id as conversationId, d.message_id as messageId, m.role as role,
      c.title as title, c.updated_at as updatedAt,
      snippet(chat_fts, 1, ${HIT_BEGINS}, ${HIT_ENDS}, '…', 20) as words
    from chat_fts join chat_docs d on d.id = chat_fts.rowid join messages m on m.id = d.message_id
      join conversations c on c.id = d.conversation_id
    where chat_fts match ${`{words} : (${match})`}
    order by chat_fts.rowid desc limit ${limit}`);
}
