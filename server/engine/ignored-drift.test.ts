import { expect, it } from 'vitest';
import { memoryDb } from '../testing/caller.ts';
import type { Item, LabStatus } from '../schemas/lab.ts';
import { createIgnoredDrift, withIgnoredDrift } from './ignored-drift.ts';
import { changesForUp, reconcile } from './plan.ts';
import type { Resource } from './resource.ts';

const item = (meta: Item['meta']): Item => ({ name: 'grafana', domain: 'service', meta });
const WHICH = { domain: 'service', name: 'grafana' } as const;
const asked = [item({ command: 'a', environment: 'a' })];
const context = { signal: new AbortController().signal, report: () => undefined };

it('lets a drift be for the value that was ignored, in status and plan, until it changes or is made anew', async () => {
  const ignored = createIgnoredDrift(memoryDb());
  let there = [item({ command: 'b', environment: 'b' })];
  const resource: Resource = withIgnoredDrift(
    {
      id: 'r',
      stopsOnDown: true,
      desired: () => asked,
      actual: async () => there,
      apply: async () => undefined,
    },
    ignored,
  );
  const look = async () => {
    const actual = await resource.actual(context.signal);
    const [status] = reconcile(asked, actual);
    const [change] = changesForUp(asked, actual);
    return [status?.drift, status?.meta['drift_ignored'], change?.kind === 'recreate' ? change.fields : []];
  };
  const ignore = async (...fields: string[]) =>
    ignored.ignore({ ...WHICH, fields }, {
      managed_items: reconcile(asked, await resource.actual(context.signal)),
    } as unknown as LabStatus);

  expect(await look()).toEqual([['command', 'environment'], undefined, ['command', 'environment']]);
  await ignore('environment');
  expect(await look()).toEqual([['command'], 'environment', ['command']]);
  await ignore('command');
  expect(await look()).toEqual([undefined, 'command, environment', []]);
  there = [item({ command: 'b', environment: 'c' })];
  expect(await look()).toEqual([['environment'], 'command', ['environment']]);
  await resource.apply({ kind: 'recreate', item: item({}), fields: ['environment'] }, context);
  expect(await look()).toEqual([['command', 'environment'], undefined, ['command', 'environment']]);
  await ignore('command', 'environment');
  ignored.heed(WHICH);
  expect((await look())[0]).toEqual(['command', 'environment']);
  await expect(ignore('image')).rejects.toMatchObject({ code: 'not_drifted' });
  there = [];
  await expect(ignore('command')).rejects.toMatchObject({ code: 'not_drifted' });
});
