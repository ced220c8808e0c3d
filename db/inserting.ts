/**
 * Inserts whose SQL drizzle writes once for a database. To build a query costs more than to run it, and to fill its
 * placeholders half as much: here a row's values go straight to the statement, encoded as their columns say.
 */
import type { Transaction } from 'better-sqlite3';
import { Column, getTableColumns, is, Param, Placeholder, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Db } from './client.ts';

interface Value {
  /** Its name in a row. */
  key: string;
  /** Null where the column takes it as it is. */
  encode: ((value: unknown) => unknown) | null;
}

type Row = Record<string, unknown>;

interface Inserts {
  one(row: Row): void;
  all: Transaction<(rows: readonly Row[]) => void>;
}

export interface Inserter<R> {
  /** What a row does not name is null. */
  one(db: Db, row: R): void;
  /** In one transaction. */
  all(db: Db, rows: readonly R[]): void;
}

/** `keepsOld`: a row whose key is there already is left out; it is an error otherwise. */
export function inserter<T extends SQLiteTable>(
  table: T,
  { keepsOld = false }: { keepsOld?: boolean } = {},
): Inserter<T['$inferInsert']> {
  const prepared = new WeakMap<Db, Inserts>();
  const insertsOf = (db: Db): Inserts => {
    const known = prepared.get(db) ?? prepare(db, table, keepsOld);
    prepared.set(db, known);
    return known;
  };
  return {
    one: (db, row) => insertsOf(db).one(row),
    all: (db, rows) => insertsOf(db).all(rows),
  };
}

function prepare(db: Db, table: SQLiteTable, keepsOld: boolean): Inserts {
  const holders = Object.keys(getTableColumns(table)).map((key) => [key, sql.placeholder(key)]);
  const insert = db.insert(table).values(Object.fromEntries(holders));
  const query = (keepsOld ? insert.onConflictDoNothing() : insert).toSQL();
  const statement = db.$client.prepare<[unknown[]]>(query.sql);
  const values = query.params.map(valueOf);
  const one = (row: Row) => {
    const bound = values.map(({ key, encode }) => {
      const value = row[key] ?? null;
      return encode === null || value === null ? value : encode(value);
    });
    statement.run(bound);
  };
  return {
    one,
    all: db.$client.transaction((rows: readonly Row[]) => {
      for (const row of rows) one(row);
    }),
  };
}

function valueOf(param: unknown): Value {
  if (!is(param, Param) || !is(param.value, Placeholder)) throw new TypeError('an insert with a fixed value');
  const { encoder, value } = param;
  const asIs = encoder.mapToDriverValue === Column.prototype.mapToDriverValue;
  return { key: value.name, encode: asIs ? null : (plain) => encoder.mapToDriverValue(plain) };
}
