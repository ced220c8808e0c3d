import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../schemas/lab.ts';
import { changesForDown, changesForUp, itemKey, reconcile } from './plan.ts';

const item = (name: string, over: Partial<Item> = {}): Item => ({
  name,
  domain: 'process',
  meta: {},
  ...over,
});

describe('reconcile', () => {
  it('tells managed, missing and untracked apart, desired first', () => {
    const states = reconcile([item('a'), item('b')], [item('c'), item('b')]);
    expect(states.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'missing'],
      ['b', 'managed'],
      ['c', 'untracked'],
    ]);
  });

  it('takes the same name of two managers for two items', () => {
    const desired = [item('x', { domain: 'package', manager: 'npm' })];
    const actual = [item('x', { domain: 'package', manager: 'uv' })];
    expect(reconcile(desired, actual).map(({ state }) => state)).toEqual(['missing', 'untracked']);
  });

  it('names each field that drifted, and takes an unknown fact for no drift', () => {
    const desired = [item('a', { meta: { threads: 2, context_size: 4096, path: '/x' } })];
    const actual = [item('a', { meta: { threads: 2, context_size: 2048, pid: 7 } })];
    const [managed] = reconcile(desired, actual);
    expect(managed?.drift).toEqual(['context_size']);
    expect(managed?.meta).toMatchObject({ context_size: 2048, pid: 7 });
  });

  it('keeps a sick item managed, with its health beside', () => {
    const [sick] = reconcile([item('a')], [item('a', { health: 'unhealthy', error: 'no answer' })]);
    expect(sick).toMatchObject({ state: 'managed', health: 'unhealthy', error: 'no answer' });
  });

  it('holds for any sets: each desired item once, each other actual one untracked', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
    fc.assert(
      fc.property(names, names, (wanted, there) => {
        const result = reconcile(
          wanted.map((name) => item(name)),
          there.map((name) => item(name)),
        );
        const of = (state: string) => result.filter((one) => one.state === state).map(({ name }) => name);
        expect(of('managed')).toEqual(wanted.filter((name) => there.includes(name)));
        expect(of('missing')).toEqual(wanted.filter((name) => !there.includes(name)));
        expect(of('untracked')).toEqual(there.filter((name) => !wanted.includes(name)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('changes', () => {
  it('creates the missing, recreates the drifted and the exited, and leaves the rest alone', () => {
    const desired = [item('new'), item('same'), item('drifted', { meta: { port: 1 } }), item('dead')];
    const actual = [
      item('same'),
      item('drifted', { meta: { port: 2 } }),
      item('dead', { health: 'exited' }),
      item('stranger'),
    ];
    expect(changesForUp(desired, actual).map((change) => [change.kind, change.item.name])).toEqual([
      ['create', 'new'],
      ['recreate', 'drifted'],
      ['recreate', 'dead'],
    ]);
  });

  it('removes on down only what the lab asks for', () => {
    expect(
      changesForDown([item('a')], [item('a'), item('stranger')]).map(({ item: { name } }) => name),
    ).toEqual(['a']);
  });

  it('keeps names apart that only look alike', () => {
    expect(itemKey(item('a:b'))).not.toBe(itemKey(item('b', { manager: 'a' })));
  });
});
