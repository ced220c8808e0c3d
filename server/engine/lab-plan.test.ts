import { describe, expect, it } from 'vitest';
import { LabError } from '../lib/errors.ts';
import type { Item, Lab } from '../schemas/lab.ts';
import type { LabPlan } from '../schemas/plan.ts';
import { planHeadline } from '../schemas/plan-words.ts';
import { lookAhead, planDifferences, planSha } from './lab-plan.ts';
import type { Resource } from './resource.ts';

const { signal } = new AbortController();
const lab = { modelName: 'm' } as Lab;
const service = (name: string, meta: Item['meta'] = {}): Item => ({ name, domain: 'service', meta });
const refused = new LabError({ code: 'port_in_use', message: 'Taken.', fix: 'Free it.' });

function resource(desired: Item[], actual: Item[] | LabError, more: Partial<Resource> = {}): Resource {
  return {
    id: 'r',
    stopsOnDown: true,
    desired: () => desired,
    actual: () => (Array.isArray(actual) ? Promise.resolve(actual) : Promise.reject(actual)),
    apply: () => Promise.reject(new Error('a plan applies nothing')),
    ...more,
  };
}

const EMPTY: Omit<LabPlan, 'sha256'> = {
  possible: true,
  changes: 0,
  project: 'ai-lab',
  engine: 'docker',
  engine_reason: 'as configured',
  profile: 'default',
  model: 'm',
  items: [],
  downloads: [],
  download: { knownBytes: 0, unknown: 0, rate: null, measuredAt: null, seconds: null },
  ports: [],
  disks: [],
  memory: null,
  hooks: [],
  problems: [],
};

describe('lookAhead', () => {
  it('says what is done to each item, with the fields and their values where they are words', async () => {
    const desired = [
      service('new'),
      service('same'),
      service('old', { threads: 2, environment: '0123456789ab', image: 'x:2' }),
    ];
    const actual = [
      { ...service('same'), health: 'healthy' as const },
      service('stray'),
      service('old', { threads: 4, environment: 'ba9876543210 (A, B)', image: 'x:2' }),
    ];
    const { items } = await lookAhead(lab, [resource(desired, actual)], signal);
    expect(items.map(({ name, action }) => [name, action])).toEqual([
      ['new', 'create'],
      ['same', 'keep'],
      ['old', 'recreate'],
      ['stray', 'untracked'],
    ]);
    expect(items[2]?.fields).toEqual([
      { name: 'threads', asked: 2, found: 4, detail: null },
      { name: 'environment', asked: null, found: null, detail: 'A, B' },
    ]);
  });

  it('turns what a check or a probe throws into problems, each said once', async () => {
    const check = () => Promise.reject(refused);
    const looked = await lookAhead(
      lab,
      [
        resource([service('a')], [], { check }),
        resource([service('b')], refused),
        resource([service('c')], [], { forecast: () => Promise.reject(new Error('offline')) }),
      ],
      signal,
    );
    expect(looked.problems).toEqual([{ code: 'port_in_use', message: 'Taken.', fix: 'Free it.' }]);
    expect(looked.items.map(({ action }) => action)).toEqual(['create', 'unknown', 'create']);
  });
});

describe('the sum of a plan', () => {
  const item = { ...service('a'), manager: null, fields: [], health: null, error: null };
  const one = { ...EMPTY, items: [{ ...item, action: 'create' as const }] };

  it('is the same while the same would be done, whatever is free or lies beside the lab', () => {
    const disks = [{ of: ['home' as const], path: '/', freeBytes: 7, needBytes: 1, afterBytes: 6 }];
    const stray = { ...item, name: 'b', action: 'untracked' as const };
    expect(planSha({ ...one, disks, items: [...one.items, stray] })).toBe(planSha(one));
  });

  it('differs when something else would be done, and that can be said', () => {
    const other = { ...one, items: [{ ...item, action: 'keep' as const }] };
    expect(planSha(other)).not.toBe(planSha(one));
    expect(planDifferences({ ...one, sha256: '' }, { ...other, sha256: '' })).toEqual([
      'now a: keep',
      'no longer a: create',
    ]);
  });
});

it('says in one line what it is, or that there is nothing to do', () => {
  const healthy = {
    domain: 'service',
    manager: null,
    action: 'keep',
    health: 'healthy',
    error: null,
  } as const;
  const items = ['a', 'b'].map((name) => ({ ...healthy, name, fields: [] }));
  expect(planHeadline({ ...EMPTY, sha256: '', items })).toBe('Nothing to do: 2 services healthy');
  const create = items.map((item) => ({ ...item, action: 'create' as const }));
  const changed = { ...EMPTY, sha256: '', changes: 3, items: [...create, ...items.slice(1)] };
  expect(planHeadline(changed)).toBe('Would create 2 parts, leave 1 alone');
});
