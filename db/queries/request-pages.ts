/** The ledger's rows for the charts, a page at a time: what isn't charted is not read. */
import type { Db } from '../client.ts';

export interface ChartRow {
  row: number;
  startedAt: number;
  outcome: string;
  durationMs: number;
  ttftMs: number | null;
  promptTokens: number | null;
  cachedTokens: number | null;
  completionTokens: number | null;
  promptMs: number | null;
  generationMs: number | null;
  /** JSON. */
  cost: string | null;
}

/** Where a page ended; rows written later than `newest` are in none. */
export interface PageCursor {
  startedAt: number;
  row: number;
  newest: number;
}

const COLUMNS = `rowid AS row, started_at AS startedAt, outcome, duration_ms AS durationMs, ttft_ms AS ttftMs,
  prompt_tokens AS promptTokens, cached_tokens AS cachedTokens, completion_tokens AS completionTokens,
  prompt_ms AS promptMs, generation_ms AS generationMs, cost`;

function prepare({ $client }: Db) {
  return {
    older: $client.prepare<number[], ChartRow>(`SELECT ${COLUMNS} FROM requests
      WHERE (started_at, rowid) < (?, ?) AND started_at >= ? AND rowid <= ?
      ORDER BY started_at DESC, rowid DESC LIMIT ?`),
    later: $client.prepare<number[], ChartRow>(`SELECT ${COLUMNS} FROM requests
      WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?`),
    last: $client.prepare<[], WrittenRow>(
      'SELECT rowid AS row, id FROM requests ORDER BY rowid DESC LIMIT 1',
    ),
    id: $client.prepare<number, string>('SELECT id FROM requests WHERE rowid = ?').pluck(),
  };
}

const statements = new WeakMap<Db, ReturnType<typeof prepare>>();

function prepared(db: Db): ReturnType<typeof prepare> {
  const known = statements.get(db) ?? prepare(db);
  statements.set(db, known);
  return known;
}

export interface WrittenRow {
  row: number;
  id: string;
}

/** The row that was written last; row 0 without an id where there is none. */
export function lastRow(db: Db): WrittenRow {
  return prepared(db).last.get() ?? { row: 0, id: '' };
}

/** It stands where it was written. */
export function hasRow(db: Db, { row, id }: WrittenRow): boolean {
  return prepared(db).id.get(row) === id;
}

export const firstPage = ({ row: newest }: WrittenRow): PageCursor => ({
  startedAt: Number.MAX_SAFE_INTEGER,
  row: Number.MAX_SAFE_INTEGER,
  newest,
});

/** The next `limit` rows that began at `since` or later, newest first. */
export function pageOfRequests(db: Db, cursor: PageCursor, since: number, limit: number): ChartRow[] {
  return prepared(db).older.all(cursor.startedAt, cursor.row, since, cursor.newest, limit);
}

/** Rows written after `row`, up to `newest`, in the order of writing. */
export function requestsWrittenAfter(db: Db, row: number, newest: number, limit: number): ChartRow[] {
  return prepared(db).later.all(row, newest, limit);
}

/** Changes whenever another process has written to the file. */
export function foreignWrites(db: Db): number {
  return Number(db.$client.pragma('data_version', { simple: true }));
}
