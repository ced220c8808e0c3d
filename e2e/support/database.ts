/** What a home's database holds, read from outside while the server runs: to show that nothing has changed. */
import Database from 'better-sqlite3';
import { locateHome } from '../../server/lib/home.ts';

/** "Last seen" is told to the minute and belongs to no request's effect. */
const TOUCHED = new Set(['last_seen_at', 'last_used_at']);

/** Every row of every table as JSON, by table. */
export function contentsOf(home: string): Record<string, string[]> {
  const db = new Database(locateHome(home).database, { readonly: true });
  try {
    const tables = db
      .prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .all();
    return Object.fromEntries(
      tables.map(({ name }) => [
        name,
        db
          .prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}"`)
          .all()
          .map((row) => JSON.stringify(Object.entries(row).filter(([column]) => !TOUCHED.has(column)))),
      ]),
    );
  } finally {
    db.close();
  }
}

/** The tables whose rows differ, with the first new rows; empty when nothing has changed. */
export function changesSince(before: Record<string, string[]>, home: string): string[] {
  const after = contentsOf(home);
  return Object.entries(after)
    .filter(([table, rows]) => JSON.stringify(rows) !== JSON.stringify(before[table]))
    .map(([table, rows]) => {
      const added = rows.filter((row) => !before[table]?.includes(row));
      return `${table} has ${rows.length} rows, not ${before[table]?.length}: ${added.join(' ').slice(0, 300)}`;
    });
}
