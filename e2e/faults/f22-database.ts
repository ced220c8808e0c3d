/** F22 and F23: a damaged database, and one of an older version whose migration is killed. */
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { backUpNow, listBackups } from '../../db/backups.ts';
import { closeDb, openDb, SOURCE_MIGRATIONS } from '../../db/client.ts';
import { openDatabase } from '../../server/engine/open-database.ts';
import { restoredNotice } from '../../server/engine/restored-database.ts';
import { isLabError } from '../../server/lib/errors.ts';
import { ensureHome, locateHome, type Home } from '../../server/lib/home.ts';
import { bundleEntry } from './bundle.ts';
import { must, spread, type Fault } from './fault.ts';
import { random } from './proxies/reply-cases.ts';

const PAGE = 4096;
const ROWS = 400;
/** Written after the backup was made: what a restore has to say is lost. */
const LATER = 25;

type Contents = Record<string, string[]>;

/** Rows of the tables that every version has, in the columns that every version has. */
function seed(client: Database.Database, from: number, count: number): void {
  const at = Date.now() + from;
  const request = client.prepare(
    "INSERT INTO requests (id, started_at, route, model, caller, streamed, status, outcome, duration_ms) VALUES (?, ?, '/v1', 'm', 'cli', 1, 200, 'ok', 1.5)",
  );
  const conversation = client.prepare(
    'INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)',
  );
  const message = client.prepare(
    "INSERT INTO messages (id, conversation_id, role, content, state, created_at) VALUES (?, ?, 'user', ?, 'done', ?)",
  );
  client.transaction(() => {
    for (let n = from; n < from + count; n += 1) {
      request.run(`r${n}`, at + n);
      conversation.run(`c${n}`, `title ${n}`, at, at + n);
      message.run(`m${n}`, `c${n}`, 'word '.repeat(n % 300), at);
    }
  })();
}

function contents(client: Database.Database): Contents {
  const read = (query: string) =>
    client
      .prepare(query)
      .raw()
      .all()
      .map((row) => JSON.stringify(row));
  return {
    requests: read('SELECT id, started_at, outcome FROM requests NOT INDEXED ORDER BY id'),
    conversations: read('SELECT id, title FROM conversations NOT INDEXED ORDER BY id'),
    messages: read('SELECT id, conversation_id, content FROM messages NOT INDEXED ORDER BY id'),
  };
}

/** A home with rows, a backup, and rows after it; closed cleanly. */
function makeHome(folder: string): { home: Home; whole: Contents; saved: Contents } {
  const home = locateHome(folder);
  ensureHome(home);
  const db = openDatabase(home, SOURCE_MIGRATIONS);
  seed(db.$client, 0, ROWS);
  backUpNow(db.$client, home.backups);
  const saved = contents(db.$client);
  // A second later than the backup's file, for file systems that keep no fractions.
  seed(db.$client, ROWS + 2000, LATER);
  const whole = contents(db.$client);
  closeDb(db);
  return { home, whole, saved };
}

type Damage = (file: string, next: () => number) => string;

const overwrite = (file: string, at: number, bytes: Buffer) => {
  const whole = readFileSync(file);
  bytes.copy(whole, at);
  writeFileSync(file, whole);
};

const DAMAGES: Damage[] = [
  (file, next) => {
    const bytes = readFileSync(file);
    const at = Math.floor(next() * bytes.length);
    overwrite(file, at, Buffer.from([(bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8))]));
    return `one bit at ${at}`;
  },
  (file, next) => {
    const at = Math.floor((next() * readFileSync(file).length) / PAGE) * PAGE;
    overwrite(file, at, Buffer.alloc(64, 0xff));
    return `64 bytes at the head of page ${at / PAGE}`;
  },
  (file, next) => {
    const pages = readFileSync(file).length / PAGE;
    const kept = Math.floor(next() * pages);
    truncateSync(file, kept * PAGE + (next() < 0.5 ? 0 : Math.floor(next() * PAGE)));
    return `cut after page ${kept}`;
  },
  (file, next) => {
    overwrite(file, 0, Buffer.from(Array.from({ length: 100 }, () => Math.floor(next() * 256))));
    return 'the header overwritten';
  },
  (file, next) => {
    const at = Math.floor((next() * readFileSync(file).length) / PAGE) * PAGE;
    overwrite(file, at, Buffer.alloc(PAGE));
    return `page ${at / PAGE} zeroed`;
  },
];

const same = (a: Contents, b: Contents) => JSON.stringify(a) === JSON.stringify(b);

/** The product says on stderr what it restored: a line for each of hundreds of runs, which are counted instead. */
function quietly<T>(body: () => T): T {
  const { write } = process.stderr;
  process.stderr.write = () => true;
  try {
    return body();
  } finally {
    process.stderr.write = write;
  }
}

export const f22: Fault = {
  id: 'F22',
  title: 'a damaged database: bits, pages, header, cut short',
  expected:
    'found at the start and the newest backup restored, or nothing is lost; the damaged file is kept, the loss is told',
  full: 200,
  quick: 40,
  async run(count, tally) {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-f22-'));
    const times: number[] = [];
    let restored = 0;
    let harmless = 0;
    let changed = 0;
    try {
      const original = makeHome(join(folder, 'original'));
      for (let run = 0; run < count && !tally.over(); run += 1) {
        const next = random(run + 7);
        const home = locateHome(join(folder, `h${run}`));
        cpSync(original.home.root, home.root, { recursive: true, preserveTimestamps: true });
        const what = DAMAGES[run % DAMAGES.length]?.(home.database, next) ?? '';
        await tally.try(`run ${run}, ${what}`, () => {
          const damaged = readFileSync(home.database);
          const begun = performance.now();
          const db = quietly(() => openDatabase(home, SOURCE_MIGRATIONS));
          const ms = performance.now() - begun;
          try {
            const [notice] = restoredNotice(db);
            must(
              db.$client.pragma('integrity_check', { simple: true }) === 'ok',
              'what was opened is not sound',
            );
            if (notice === undefined) {
              const now = contents(db.$client);
              if (same(now, original.whole)) harmless += 1;
              else {
                // SQLite keeps no checksums: a bit inside a value is a value.
                const counts = Object.entries(now).map(
                  ([table, rows]) => rows.length === original.whole[table]?.length,
                );
                must(
                  run % DAMAGES.length === 0 && counts.every(Boolean),
                  'rows are lost, and nobody was told',
                );
                changed += 1;
              }
              return;
            }
            restored += 1;
            times.push(ms);
            must(same(contents(db.$client), original.saved), 'what was restored is not what was saved');
            const kept = readdirSync(home.backups).find((name) => name.startsWith('ailab-damaged-'));
            must(
              kept !== undefined && readFileSync(join(home.backups, kept)).equals(damaged),
              'the damaged file was not kept',
            );
            must(/is lost: (\d+ conversations|how much that is)/.test(notice.message), notice.message);
            must(notice.fix.includes(kept), `it is not told where the damaged file is: ${notice.fix}`);
            must(ms < 5000, `it took ${ms.toFixed(0)} ms`);
          } finally {
            closeDb(db);
          }
        });
        rmSync(home.root, { recursive: true, force: true });
      }
      await tally.try('without a backup', () => {
        const home = locateHome(join(folder, 'none'));
        cpSync(original.home.root, home.root, { recursive: true });
        rmSync(home.backups, { recursive: true });
        overwrite(home.database, 0, Buffer.alloc(100, 7));
        const before = readFileSync(home.database);
        let code = '';
        try {
          closeDb(openDatabase(home, SOURCE_MIGRATIONS));
        } catch (error) {
          code = isLabError(error) ? error.code : String(error);
        }
        must(code === 'database_corrupt', `it said ${code}`);
        must(readFileSync(home.database).equals(before), 'the file was touched');
        tally.passed -= 1;
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    tally.figure('restored', String(restored));
    tally.figure('harmless', String(harmless));
    tally.figure('one value changed (SQLite keeps no checksums)', String(changed));
    tally.figure('check, restore, open', spread(times));
  },
};

interface Journal {
  entries: { idx: number; when: number; tag: string }[];
}

/** The migrations up to number `count`, as that version of the product had them. */
function migrationsUpTo(count: number, folder: string): string {
  const target = join(folder, `migrations-${count}`);
  mkdirSync(join(target, 'meta'), { recursive: true });
  const journal = JSON.parse(readFileSync(join(SOURCE_MIGRATIONS, 'meta/_journal.json'), 'utf8')) as Journal;
  const entries = journal.entries.slice(0, count);
  for (const { tag } of entries)
    copyFileSync(join(SOURCE_MIGRATIONS, `${tag}.sql`), join(target, `${tag}.sql`));
  writeFileSync(join(target, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }));
  return target;
}

const versions = () =>
  (JSON.parse(readFileSync(join(SOURCE_MIGRATIONS, 'meta/_journal.json'), 'utf8')) as Journal).entries.length;

/** How many migrations a file has seen, read without the product. */
function appliedIn(file: string): number {
  const client = new Database(file);
  try {
    return Number(client.prepare('SELECT count(*) FROM __drizzle_migrations').pluck().get());
  } finally {
    client.close();
  }
}

export const f23: Fault = {
  id: 'F23',
  title: 'a database of every earlier version; its migration killed at every step',
  expected: 'backup first, all rows kept, never half migrated; the older app refuses the newer file',
  full: 50,
  quick: 12,
  async run(count, tally) {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-f23-'));
    const all = versions();
    const opener = await bundleEntry('e2e/faults/opener.ts');
    const preload = join(import.meta.dirname, 'crash-at.mjs');
    const effects = new Map<number, number>();
    let hits = 0;
    const run = (old: number, env: Record<string, string>, target: string) => {
      const child = spawn(
        process.execPath,
        ['--import', preload, opener, join(target, 'ailab.db'), SOURCE_MIGRATIONS, join(target, 'backups')],
        { env: { ...process.env, ...env }, stdio: 'ignore' },
      );
      return new Promise<NodeJS.Signals | null>((resolve) =>
        child.once('exit', (_code, signal) => resolve(signal)),
      );
    };
    const prepare = (old: number): string => {
      const target = mkdtempSync(join(folder, 'db-'));
      const db = openDb({ file: join(target, 'ailab.db'), migrations: migrationsUpTo(old, target) });
      seed(db.$client, 0, 50);
      closeDb(db);
      return target;
    };
    try {
      for (let old = 1; old < all; old += 1) {
        const target = prepare(old);
        const file = join(target, 'points');
        await run(old, { CRASH_COUNT: file }, target);
        effects.set(old, Number(readFileSync(file, 'utf8')));
        let code = '';
        const home = { ...locateHome(target), database: join(target, 'ailab.db') };
        try {
          closeDb(openDatabase(home, migrationsUpTo(old, mkdtempSync(join(folder, 'older-')))));
        } catch (error) {
          code = isLabError(error) ? error.code : String(error);
        }
        must(code === 'database_newer', `an app of version ${old} said ${code} to a newer file`);
        must(appliedIn(home.database) === all, 'the refusal changed the file');
      }
      for (let at = 0; at < count && !tally.over(); at += 1) {
        const old = 1 + (at % (all - 1));
        const turns = Math.ceil(count / (all - 1));
        const point = 1 + Math.floor((Math.floor(at / (all - 1)) * (effects.get(old) ?? 1)) / turns);
        await tally.try(`version ${old}, effect ${point}`, async () => {
          const target = prepare(old);
          const file = join(target, 'ailab.db');
          const before = new Database(file);
          const rows = contents(before);
          before.close();
          const signal = await run(
            old,
            { CRASH_AT: String(point), CRASH_WHEN: at % 2 === 0 ? 'before' : 'after' },
            target,
          );
          if (signal === 'SIGKILL') hits += 1;
          const applied = appliedIn(file);
          must(applied === old || applied === all, `${applied} of ${all} migrations are applied`);
          if (applied === all)
            must(listBackups(join(target, 'backups')).length > 0, 'no backup was made before');
          const db = openDb({ file, migrations: SOURCE_MIGRATIONS, backups: join(target, 'backups') });
          must(same(contents(db.$client), rows), 'rows are lost');
          must(db.$client.pragma('integrity_check', { simple: true }) === 'ok', 'it is not sound');
          closeDb(db);
          must(existsSync(file) && appliedIn(file) === all, 'it was not migrated in the end');
          rmSync(target, { recursive: true, force: true });
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    tally.figure('earlier versions', String(all - 1));
    tally.figure('killed in the middle', `${hits} of ${tally.passed + tally.failures.length}`);
  },
};
