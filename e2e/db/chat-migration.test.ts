import Database from 'better-sqlite3';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { closeDb, openDb, SOURCE_MIGRATIONS } from '../../db/client.ts';
import { searchChats } from '../../server/services/chat-search.ts';
import { createChats } from '../../server/services/chats.ts';

/** The migrations up to the one before conversations became trees. */
function before(folder: string): string {
  const migrations = join(folder, 'before');
  cpSync(SOURCE_MIGRATIONS, migrations, { recursive: true });
  const journal = join(migrations, 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: { tag: string }[] };
  const end = entries.findIndex(({ tag }) => tag.endsWith('_chat_work'));
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, end) }));
  return migrations;
}

it('conversations from before are one branch each, found by the search, also in a backup', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-chats-'));
  const file = join(folder, 'ailab.db');
  try {
    closeDb(openDb({ file, migrations: before(folder) }));
    const old = new Database(file);
    old.exec("INSERT INTO conversations (id, title, created_at, updated_at) VALUES ('c', 'Old times', 1, 1)");
    for (const [id, role, content] of [
      ['m1', 'user', 'Where is the harbour?'],
      ['m2', 'assistant', 'In the north.'],
      ['m3', 'user', 'And the lighthouse?'],
    ])
      old
        .prepare(
          "INSERT INTO messages (id, conversation_id, role, content, state, created_at) VALUES (?, 'c', ?, ?, 'done', 1)",
        )
        .run(id, role, content);
    old.close();
    const db = openDb({ file, migrations: SOURCE_MIGRATIONS });
    const { messages, settings } = createChats(db).get('c');
    expect(messages.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['m1', null],
      ['m2', 'm1'],
      ['m3', 'm2'],
    ]);
    expect(settings).toEqual({});
    expect(searchChats(db, 'lighth').results[0]?.messages[0]?.id).toBe('m3');
    expect(searchChats(db, 'old tim').results).toHaveLength(1);
    // VACUUM numbers rows anew: the index must not hang on those numbers.
    const copy = join(folder, 'copy.db');
    db.$client.prepare('VACUUM INTO ?').run(copy);
    closeDb(db);
    const again = openDb({ file: copy, migrations: SOURCE_MIGRATIONS });
    createChats(again).remove('c');
    expect(searchChats(again, 'lighth').results).toEqual([]);
    expect(
      again.$client.prepare("INSERT INTO chat_fts (chat_fts) VALUES ('integrity-check')").run(),
    ).toBeTruthy();
    closeDb(again);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
