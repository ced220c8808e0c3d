/** The ledger's rows for the charts, newest first, a page at a time: what isn't charted is not read. */
import type { Statement } from 'better-sqlite3';
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

const statements = new WeakMap<Db, Statement<[number, number, number, number, number], ChartRow>>();

export function firstPage(db: Db): PageCursor {
  const newest = Number(db.$client.prepare('SELECT coalesce(max(rowid), 0) FROM requests').pluck().get());
  return { startedAt: Number.MAX_SAFE_INTEGER, row: Number.MAX_SAFE_INTEGER, newest };
}

/** The next `limit` rows that began at `since` or later. */
export function pageOfRequests(db: Db, cursor: PageCursor, since: number, limit: number): ChartRow[] {
  const statement =
    statements.get(db) ??
    db.$client.prepare<[number, number, number, number, number], ChartRow>(`
      SELECT rowid AS row, started_at AS startedAt, outcome, duration_ms AS durationMs, ttft_ms AS ttftMs,
        prompt_tokens AS promptTokens, cached_tokens AS cachedTokens, completion_tokens AS completionTokens,
        prompt_ms AS promptMs, generation_ms AS generationMs, cost
      FROM requests
      WHERE (started_at, rowid) < (?, ?) AND started_at >= ? AND rowid <= ?
      ORDER BY started_at DESC, rowid DESC LIMIT ?`);
  statements.set(db, statement);
  return statement.all(cursor.startedAt, cursor.row, since, cursor.newest, limit);
}

/** Changes whenever another process has written to the file. */
export function foreignWrites(db: Db): number {
  return Number(db.$client.pragma('data_version', { simple: true }));
}
