/**
 * A writer to be killed: the product's own database, ledger, activities and settings, on the file that it is given, made by the
 * migrations that it is given. Each
 * line on stdout is `asked KIND ID` before, `acked KIND ID` after the product's call has returned. Runs until killed.
 */
import { writeSync } from 'node:fs';
import { insertActivity } from '../../db/queries/activities.ts';
import { writeSetting } from '../../db/queries/settings.ts';
import { openDb } from '../../db/client.ts';
import { newId } from '../../server/lib/id.ts';
import { createLedger } from '../../server/services/ledger.ts';
import { rowOf } from '../support/ledger-row.ts';

const [file = '', migrations = ''] = process.argv.slice(2);
const db = openDb({ file, migrations });
const ledger = createLedger(db, () => undefined);
const say = (phase: 'asked' | 'acked', kind: string, id: string) => writeSync(1, `${phase} ${kind} ${id}\n`);

function written(kind: string, write: (id: string) => void): void {
  const id = newId();
  say('asked', kind, id);
  write(id);
  say('acked', kind, id);
}

for (;;) {
  // A row of the ledger is acknowledged when it is shown to anyone: what is shown was flushed before.
  for (let at = 0; at < 5; at += 1)
    written('request', (id) => {
      ledger.record(rowOf(id));
      ledger.recent(1);
    });
  written('activity', (id) => {
    const at = Date.now();
    insertActivity(db, {
      id,
      kind: 'up',
      state: 'done',
      startedBy: 'cli',
      startedAt: at,
      endedAt: at,
      input: {},
      steps: [],
      error: null,
      outcome: null,
    });
  });
  written('setting', (id) => writeSetting(db, id, 'x'.repeat(3000)));
}
