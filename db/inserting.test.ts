import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import { closeDb, openDb, SOURCE_MIGRATIONS } from './client.ts';
import { inserter } from './inserting.ts';

const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  isGood: integer('is_good', { mode: 'boolean' }),
  facts: text('facts', { mode: 'json' }),
});

it('writes rows as their columns say, all of them or none', () => {
  const db = openDb({ file: ':memory:', migrations: SOURCE_MIGRATIONS });
  db.$client.exec('CREATE TABLE things (facts TEXT, id TEXT PRIMARY KEY, is_good INTEGER)');
  const [strict, patient] = [inserter(things), inserter(things, { keepsOld: true })];
  strict.one(db, { id: 'a', isGood: true, facts: { of: [1] } });
  strict.one(db, { id: 'b', isGood: false });
  expect(() => strict.all(db, [{ id: 'c' }, { id: 'a' }])).toThrow('UNIQUE');
  patient.all(db, [{ id: 'd' }, { id: 'a', facts: 'other' }]);
  expect(db.$client.prepare('SELECT id, is_good, facts FROM things ORDER BY id').raw().all()).toEqual([
    ['a', 1, '{"of":[1]}'],
    ['b', 0, null],
    ['d', null, null],
  ]);
  expect(db.select().from(things).all()[0]?.facts).toEqual({ of: [1] });
  closeDb(db);
});
