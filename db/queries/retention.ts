/** Deletes the oldest rows of a table, a few at a time. "Oldest" is by the order of writing: no clock can shuffle it. */
import { getTableName, sql, type Table } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { activities, hookRuns, locks, requests } from '../schema.ts';
import { gently } from '../relaxed.ts';

/** Tables whose rows come by themselves, with the column of their time. */
const TIMES = {
  requests: { table: requests, time: requests.startedAt },
  activities: { table: activities, time: activities.startedAt },
  hook_runs: { table: hookRuns, time: hookRuns.startedAt },
  locks: { table: locks, time: locks.createdAt },
};
export type PrunedTable = keyof typeof TIMES;

export interface KeepRule {
  table: PrunedTable;
  /** So many of the newest rows stay, however old they are. */
  newest: number;
  /** Beyond those, rows of the last days stay too, up to `atMost` in all. Left out: none does. */
  days?: number;
  atMost?: number;
}

const DAY_MS = 86_400_000;

/**
 * Looks at the `batch` oldest rows and deletes those that the rule doesn't keep, in one transaction; how many went.
 * 0: nothing is left to do. A row that is dated wrongly is kept until `atMost` is reached.
 */
export function pruneOldest(db: Db, rule: KeepRule, batch: number, now: number): number {
  const { table, time } = TIMES[rule.table];
  const newestRow = newestRowOf(db, table);
  const spared = newestRow - rule.newest;
  if (spared <= 0) return 0;
  const over = rule.days === undefined ? spared : Math.max(0, newestRow - (rule.atMost ?? Infinity));
  const before = now - (rule.days ?? 0) * DAY_MS;
  return gently(
    db.$client,
    () =>
      db.run(sql`
        delete from ${table} where rowid in (
          select row from (
            select rowid as row, ${sql.identifier(time.name)} as at from ${table}
            where rowid <= ${spared} order by rowid limit ${batch})
          where row <= ${over} or at < ${before})`).changes,
  );
}

function newestRowOf(db: Db, table: Table): number {
  const [row] = db.all<{ newest: number | null }>(
    sql`select max(rowid) as newest from ${sql.identifier(getTableName(table))}`,
  );
  return row?.newest ?? 0;
}
