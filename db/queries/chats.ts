import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { inserter } from '../inserting.ts';
import { conversations, messages } from '../schema.ts';

export type ConversationRow = typeof conversations.$inferSelect;
export type MessageRow = typeof messages.$inferSelect;

const conversationInsert = inserter(conversations);
const messageInsert = inserter(messages);

/** Newest first, with the number of messages. */
export function listConversations(
  db: Db,
  limit: number,
): Pick<ConversationRow & { messageCount: number }, 'id' | 'title' | 'updatedAt' | 'messageCount'>[] {
  return db
    .select({
      id: conversations.id,
      title: conversations.title,
      updatedAt: conversations.updatedAt,
      messageCount: sql<number>`(select count(*) from messages where messages.conversation_id = conversations.id)`,
    })
    .from(conversations)
    .orderBy(desc(conversations.updatedAt))
    .limit(limit)
    .all();
}

export function allConversations(db: Db): ConversationRow[] {
  return db.select().from(conversations).orderBy(asc(conversations.id)).all();
}

export function findConversation(db: Db, id: string): ConversationRow | undefined {
  return db.select().from(conversations).where(eq(conversations.id, id)).get();
}

export function messagesOf(db: Db, conversationId: string): MessageRow[] {
  return db
    .select()
    .from(messages)
    .where(eq(messages.conversationId, conversationId))
    .orderBy(asc(messages.id))
    .all();
}

export function findMessage(db: Db, id: string): MessageRow | undefined {
  return db.select().from(messages).where(eq(messages.id, id)).get();
}

/** Adds messages to a conversation, making it when it is new; the last one is shown from then on. All or nothing. */
export function addMessages(db: Db, conversation: ConversationRow, rows: MessageRow[]): void {
  const { updatedAt, settings } = conversation;
  const leafId = rows.at(-1)?.id ?? conversation.leafId;
  db.transaction((tx) => {
    tx.insert(conversations)
      .values({ ...conversation, leafId })
      .onConflictDoUpdate({ target: conversations.id, set: { updatedAt, settings, leafId } })
      .run();
    messageInsert.all(db, rows);
  });
}

/** Whole conversations with their messages; all or nothing. */
export function addConversations(
  db: Db,
  all: readonly { conversation: ConversationRow; messages: readonly MessageRow[] }[],
): void {
  db.transaction(() => {
    for (const { conversation, messages: rows } of all) {
      conversationInsert.one(db, conversation);
      messageInsert.all(db, rows);
    }
  });
}

/** Removes messages, and shows the branch that ends at `leafId`. */
export function removeMessages(
  db: Db,
  conversationId: string,
  ids: readonly string[],
  leafId: string | null,
): void {
  db.transaction((tx) => {
    for (let from = 0; from < ids.length; from += 500)
      tx.delete(messages)
        .where(
          and(eq(messages.conversationId, conversationId), inArray(messages.id, ids.slice(from, from + 500))),
        )
        .run();
    tx.update(conversations).set({ leafId }).where(eq(conversations.id, conversationId)).run();
  });
}

export function changeConversation(
  db: Db,
  id: string,
  set: Partial<Pick<ConversationRow, 'title' | 'leafId' | 'settings'>>,
): boolean {
  return db.update(conversations).set(set).where(eq(conversations.id, id)).run().changes > 0;
}

/** Ends a message that is still streaming; a message that has ended stays as it is. */
export function endMessage(db: Db, id: string, changes: Partial<MessageRow>): void {
  db.update(messages)
    .set(changes)
    .where(and(eq(messages.id, id), eq(messages.state, 'streaming')))
    .run();
}

/** After a crash no reply is streaming any more. */
export function endOrphanedMessages(db: Db, error: string): void {
  db.update(messages).set({ state: 'failed', error }).where(eq(messages.state, 'streaming')).run();
}

export function deleteConversation(db: Db, id: string): boolean {
  return db.delete(conversations).where(eq(conversations.id, id)).run().changes > 0;
}
