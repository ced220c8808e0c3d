/** Part of stack.test.ts: what was changed behind the lab's back is seen, named, let be or put right. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSecrets } from '../../server/resources/compose-stack/secrets.ts';
import { run } from './harness/run.ts';
import { STACKS, until, type StackUnderTest, type TestLab } from './stack-lab.ts';

const running = ({ watch }: TestLab) =>
  watch.view().containers.filter(({ State }) => State.Status === 'running');

/** Compose itself, with another limit for Weaviate than ours. */
function change({ engine, a }: StackUnderTest, GOMEMLIMIT: string) {
  const compose = ['compose', '--env-file', join(a.home.root, 'stack/stack.env'), '-p', a.home.project];
  return run('docker', [...compose, '-f', join(STACKS, 'stack.yml'), 'up', '-d', '--no-deps', 'weaviate'], {
    env: { ...engine.env, AILAB_GOMEMLIMIT_WEAVIATE: GOMEMLIMIT },
  });
}

export function changedStackTests(at: () => StackUnderTest): void {
  it('sees a removed container within 2 s, and makes only that one again', async () => {
    const { engine, a } = at();
    const before = new Map(running(a).map(({ Id, State }) => [Id, State.StartedAt]));
    const gone = String((await a.item('weaviate')).meta['container']);
    await engine.docker('rm', '-f', gone);
    await until(
      2000,
      () => running(a).length,
      (count) => count === 3,
    );
    expect((await a.item('weaviate')).state).toBe('missing');
    expect((await a.up()).changed).toBe(1);
    await a.watch.refresh();
    const kept = running(a).filter(({ Id }) => before.has(Id));
    expect(kept.map(({ Id, State }) => [Id, State.StartedAt]).toSorted()).toEqual(
      [...before].filter(([id]) => !id.startsWith(gone)).toSorted(),
    );
    expect(running(a)).toHaveLength(4);
  });

  it('names the field that was changed behind its back, without its value', async () => {
    const { a } = at();
    await change(at(), '123MiB');
    const item = await a.item('weaviate');
    expect(item.drift).toEqual(['environment']);
    expect(item.meta['environment']).toMatch(/\(GOMEMLIMIT\)$/);
    const key = readSecrets(a.home)?.weaviateKey ?? expect.fail('there are no secrets');
    expect(JSON.stringify(await a.status())).not.toContain(key);
    expect((await a.up()).changed).toBe(1);
    expect((await a.item('weaviate')).drift).toBeUndefined();
  });

  it('sees a limit that `docker update` has set, which no list of containers tells', async () => {
    const { engine, a } = at();
    const { health, meta } = await a.item('prometheus');
    expect(health).toBe('healthy');
    const update = (memory: string) => engine.docker('update', '--memory', memory, String(meta['container']));
    const drift = async () => (await a.item('prometheus')).drift;
    await update('500m');
    await until(2000, drift, (fields) => fields?.[0] === 'memory_limit');
    await update(String(meta['memory_limit']));
    await until(2000, drift, (fields) => fields === undefined);
  });

  it('lets a drift be that the user ignores, until it changes again; up re-applies', async () => {
    const { a } = at();
    await change(at(), '123MiB');
    const { meta } = await a.item('weaviate');
    await a.ignore('weaviate', 'environment');
    const ignored = await a.item('weaviate');
    expect([ignored.drift, ignored.meta['drift_ignored']]).toEqual([undefined, 'environment']);
    expect((await a.up()).changed).toBe(0);
    expect((await a.item('weaviate')).meta['container']).toBe(meta['container']);
    await change(at(), '124MiB');
    expect((await a.item('weaviate')).drift).toEqual(['environment']);
    const others = running(a).filter(({ Name }) => !Name.includes('weaviate'));
    expect((await a.up()).changed).toBe(1);
    expect((await a.item('weaviate')).drift).toBeUndefined();
    await a.watch.refresh();
    for (const { Id, State } of others)
      expect(running(a).find((now) => now.Id === Id)?.State.StartedAt).toBe(State.StartedAt);
  });
}
