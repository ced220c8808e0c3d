/** The search over conversations, on a real file with 10,000 of them. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeDb, openDb, SOURCE_MIGRATIONS } from '../../db/client.ts';
import { searchChats } from '../../server/services/chat-search.ts';
import { createTransfer } from '../../server/services/chat-transfer.ts';
import { createChats } from '../../server/services/chats.ts';
import { median, quantile, type Row } from './stats.ts';
import { sentences } from './sentences.ts';

const CONVERSATIONS = 10_000;
const TURNS = 5;
const PER_FILE = 2500;
const GOAL_MS = 50;

export async function benchChats(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-bench-chats-'));
  const file = join(folder, 'ailab.db');
  const db = openDb({ file, migrations: SOURCE_MIGRATIONS });
  try {
    const { importChats } = createTransfer(db);
    const filledFrom = performance.now();
    for (let from = 0; from < CONVERSATIONS; from += PER_FILE) {
      const bodies = Array.from({ length: PER_FILE }, (_none, index) => ({
        messages: Array.from({ length: 2 * TURNS }, (_turn, place) => ({
          role: place % 2 === 0 ? 'user' : 'assistant',
          content: sentences((from + index) * 2 * TURNS + place, place % 2 === 0 ? 20 : 120),
        })),
      }));
      importChats({ text: JSON.stringify(bodies) });
    }
    const filled = performance.now() - filledFrom;
    const rows: Row[] = [
      {
        what: `search: ${CONVERSATIONS * 2 * TURNS} messages imported in four files`,
        figure: `${(filled / 1000).toFixed(1)} s, ${(statSync(file).size / 1e6).toFixed(0)} MB`,
      },
    ];
    for (const [what, text] of [
      ['a rare word', 'word777'],
      ['a prefix of two letters', 'we'],
      ['a word of nearly all messages', 'model'],
      ['three words', 'weav promet word1'],
      ['nothing', 'zzzz'],
    ] as const)
      rows.push(timed(`search over ${CONVERSATIONS} conversations: ${what}`, () => searchChats(db, text)));
    const { list } = createChats(db);
    rows.push(timed('list of the newest 100', () => list(100)));
    return rows;
  } finally {
    closeDb(db);
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(what: string, work: () => unknown): Row {
  const times: number[] = [];
  for (let round = 0; round < 25; round += 1) {
    const begun = performance.now();
    work();
    times.push(performance.now() - begun);
  }
  const middle = median(times);
  const figure = `${middle.toFixed(1)} ms (p95 ${quantile(times, 0.95).toFixed(1)} ms)`;
  return { what, figure, goal: `≤ ${GOAL_MS} ms`, met: middle <= GOAL_MS };
}
