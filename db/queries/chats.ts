import { and, asc, count, desc, eq, gte } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { conversations, messages } from '../schema.ts';

export type ConversationRow = typeof conversations.$inferSelect;
export type MessageRow = typeof messages.$inferSelect;

/** Newest first, with the number of messages. */
export function listConversations(db: Db): (ConversationRow & { messageCount: number })[] {
  const messageCount = count(messages.id);
  return db
    .select({
      id: conversations.id,
      title: conversations.title,
      createdAt: conversations.createdAt,
      updatedAt: conversations.updatedAt,
      messageCount,
    })
    .from(conversations)
    .leftJoin(messages, eq(messages.conversationId, conversations.id))
    .groupBy(conversations.id)
    .orderBy(desc(conversations.updatedAt))
    .all();
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

/** Adds messages to a conversation, making it when it is new: all or nothing. */
export function addMessages(db: Db, conversation: ConversationRow, rows: MessageRow[]): void {
  db.transaction((tx) => {
    tx.insert(conversations)
      .values(conversation)
      .onConflictDoUpdate({ target: conversations.id, set: { updatedAt: conversation.updatedAt } })
      .run();
    for (const row of rows) tx.insert(messages).values(row).run();
  });
}

/** Replaces the message `fromId` and everything after it by `row`. */
export function replaceFrom(db: Db, conversationId: string, fromId: string, row: MessageRow): void {
  db.transaction((tx) => {
    tx.delete(messages)
      .where(and(eq(messages.conversationId, conversationId), gte(messages.id, fromId)))
      .run();
    tx.insert(messages).values(row).run();
    tx.update(conversations)
      .set({ updatedAt: row.createdAt })
      .where(eq(conversations.id, conversationId))
      .run();
  });
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

export function renameConversation(db: Db, id: string, title: string): boolean {
  return db.update(conversations).set({ title }).where(eq(conversations.id, id)).run().changes > 0;
}

export function deleteConversation(db: Db, id: string): boolean {
  return db.delete(conversations).where(eq(conversations.id, id)).run().changes > 0;
}
