/** Replies put into a conversation as the database keeps them: as if the model had said them, whatever it runs on. */
import Database from 'better-sqlite3';
import { locateHome } from '../../server/lib/home.ts';
import type { Lab } from './lab.ts';

type Row = Record<string, unknown>;

/** One reply a text, in one conversation; its id. Questions and replies are copies of the first, but for their words. */
export async function storeReplies(lab: Lab, texts: readonly string[]): Promise<string> {
  const { conversation, messageId } = await lab.api().chat.turn.mutate({ text: 'What do you say?' });
  const db = new Database(locateHome(lab.home).database);
  try {
    const rowOf = (id: unknown) =>
      db.prepare<unknown[], Row>('SELECT * FROM messages WHERE id = ?').get(id) ?? {};
    const reply = rowOf(messageId);
    const question = rowOf(reply['parent_id']);
    const columns = Object.keys(reply);
    const insert = db.prepare(
      `INSERT INTO messages (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})`,
    );
    const said = { state: 'done', error: null };
    db.transaction(() => {
      let parent = messageId;
      for (const [at, content] of texts.entries()) {
        if (at === 0) {
          db.prepare("UPDATE messages SET content = ?, state = 'done' WHERE id = ?").run(content, messageId);
          continue;
        }
        // Ids sort by time, and are of the length of the first.
        const id = (of: string) => `${messageId.slice(0, -5)}${of}${String(at).padStart(4, '0')}`;
        const created_at = Number(reply['created_at']) + at;
        insert.run({ ...question, id: id('q'), parent_id: parent, created_at });
        insert.run({ ...reply, ...said, id: id('r'), parent_id: id('q'), content, created_at });
        parent = id('r');
      }
      db.prepare('UPDATE conversations SET leaf_id = ? WHERE id = ?').run(parent, conversation.id);
    })();
  } finally {
    db.close();
  }
  return conversation.id;
}
