import { describe, expect, it } from 'vitest';
import type { LockEntry } from '../schemas/lock.ts';
import { compareEntries } from './compare.ts';
import { conflicts } from './conflicts.ts';
import type { LockedFacts } from './facts.ts';
import { nextLock } from './merge.ts';
import { readLock } from './read.ts';
import { writeLock } from './write.ts';

const V1 = `version: 1
owner: { ratio: 1.50, on: 0x1F }
packages:
  brew:
    - { name: ripgrep, installed_at: 2025-07-27T11:01:03.519704-06:00, version: 9.0, tap: core }
    - { name: fd, installed_at: 2025-07-27T11:01:04Z, version: 1.10 }
resources: [{ type: dotfile, id: .vimrc, metadata: { source: ~/.vimrc } }]
`;
const STACK: LockEntry = {
  type: 'docker-compose',
  id: 'ai-lab-stack',
  state: 'managed',
  metadata: { profile: 'gpu', flags: { context_size: 1 } },
};
const NOW = '2026-11-22T12:00:00.000Z';

describe('reader and writer', () => {
  it('v1 with a stack added in the same write: every package among the resources, all text as it was', () => {
    const { document, migrated } = readLock(V1, 'v1');
    const next = nextLock(document, [STACK], NOW);
    expect([migrated, next.resources.map(({ id }) => id)]).toEqual([
      true,
      ['ai-lab-stack', '.vimrc', 'brew:ripgrep', 'brew:fd'],
    ]);
    expect(next.packages['brew']).toMatchObject([
      { version: '9.0', tap: 'core', installed_at: '2025-07-27T11:01:03.519704-06:00' },
      { version: '1.10' },
    ]);
    const text = writeLock(next);
    expect(text).toContain('version: "9.0"');
    expect(text).toContain('ratio: "1.50"');
    const again = readLock(text, 'v2');
    expect([again.migrated, writeLock(again.document)]).toEqual([false, text]);
  });

  it('a cut anywhere in an exported lock is noticed', () => {
    const text = writeLock(readLock(V1, 'v1').document);
    for (let at = text.length - 2; at > 50; at -= 149)
      expect(() => readLock(text.slice(0, at), 'f')).toThrow('f:');
  });
});

describe('the next lock', () => {
  it('keeps keys that others put into our entries, and the time of what says the same', () => {
    const first = nextLock(null, [STACK], NOW);
    const [entry] = first.resources;
    if (entry === undefined) throw new Error('no entry');
    const noted = {
      ...first,
      note: 'mine',
      resources: [{ ...entry, why: 'x', metadata: { ...entry.metadata, tag: 'y' } }],
    };
    expect(nextLock(noted, [STACK], 'later')).toEqual(noted);
    const changed = nextLock(noted, [{ ...STACK, metadata: { profile: 'default', flags: {} } }], 'later');
    expect(changed.resources).toEqual([
      {
        ...STACK,
        why: 'x',
        installed_at: 'later',
        metadata: { profile: 'default', flags: {}, tag: 'y' },
      },
    ]);
  });
});

describe('comparing', () => {
  const weights = (metadata: object): LockEntry => ({
    type: 'weights',
    id: 'a/b',
    state: 'managed',
    metadata: { ...metadata },
  });

  it('names each field; a flag that only one side has is one too, an unknown key is not', () => {
    const other = { ...STACK, metadata: { profile: 'default', flags: { context_size: 2 }, tag: 'x' } };
    const locked = {
      ...STACK,
      metadata: { ...STACK.metadata, flags: { context_size: 1, batch: 7 }, note: 'n' },
    };
    expect(compareEntries([locked], [{ ...other, metadata: { ...other.metadata } }]).differences).toEqual([
      { field: 'ai-lab-stack.profile', locked: 'gpu', found: 'default' },
      { field: 'ai-lab-stack.flags.context_size', locked: '1', found: '2' },
      { field: 'ai-lab-stack.flags.batch', locked: '7', found: null },
      { field: 'ai-lab-stack.tag', locked: null, found: 'x' },
    ]);
  });

  it('an image is compared by its digest, whether its name carries one or not', () => {
    const of = (image: string, digest: string): LockEntry => ({
      ...STACK,
      metadata: { services: { model: { image, digest } } },
    });
    expect(compareEntries([of('a:1', 'd')], [of('a:1@d', 'd')]).differences).toEqual([]);
    expect(compareEntries([of('a:1', 'd')], [of('a:1@e', 'e')]).differences).toEqual([
      { field: 'ai-lab-stack.services.model.digest', locked: 'd', found: 'e' },
    ]);
  });

  it('the same bytes at another place are the same weights; other bytes at the same place are not', () => {
    const here = weights({ path: '/a', sha256: 'x' });
    expect(compareEntries([here], [weights({ path: '/b', sha256: 'x' })]).differences).toEqual([]);
    expect(compareEntries([here], [weights({ path: '/a', sha256: 'y' })]).differences).toEqual([
      { field: 'weights.sha256', locked: 'x', found: 'y' },
    ]);
  });
});

it('only what was said aloud contradicts a lock', () => {
  const facts: LockedFacts = {
    profile: 'default',
    engine: 'embedded',
    runtime: 'node-llama-cpp',
    flags: { context_size: 4096, threads: 2 },
    ports: { model: 18_080 },
    weights: { id: 'a/b', source: 'hub', path: '~/m', sha256: 's' },
    embeddings: null,
    services: {},
  };
  const nothing = { flags: {}, environment: {}, file: {} };
  expect(conflicts(facts, nothing)).toEqual([]);
  const embeds = { ...nothing, file: { embeddings: { model_id: 'c/d' } } };
  expect(conflicts(facts, embeds)).toEqual([
    { field: 'embeddings', locked: 'absent', found: 'c/d (ai-lab.yaml)' },
  ]);
  expect(conflicts(facts, { ...nothing, file: { engine: 'auto', model_id: 'a/b' } })).toEqual([]);
  const said = {
    flags: { model_id: 'c/d' },
    environment: { context_size: 1024 },
    file: { ports: { model: 1024 } },
  };
  expect(conflicts(facts, said)).toEqual([
    { field: 'model_id', locked: 'a/b', found: 'c/d (flag)' },
    { field: 'context_size', locked: '4096', found: '1024 (environment)' },
    { field: 'ports.model', locked: '18080', found: '1024 (ai-lab.yaml)' },
  ]);
});
