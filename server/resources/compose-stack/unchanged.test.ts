import { describe, expect, it } from 'vitest';
import type { ContainerSummary } from './engine-types.ts';
import { changed, followChanges, unfollowChanges } from './changes.ts';
import { detailsOf, isSince } from './unchanged.ts';
import { sampleContainer } from './testing/samples.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const running = (StartedAt: string) =>
  sampleContainer({ State: { Status: 'running', StartedAt, FinishedAt: '0001-01-01T00:00:00Z' } });
const summary = (Status: string, change: Partial<ContainerSummary> = {}): ContainerSummary => ({
  Id: 'x',
  Names: ['/x'],
  Labels: {},
  State: 'running',
  Status,
  ...change,
});

const OURS = { 'com.docker.compose.config-hash': 'x', 'com.docker.compose.service': 'model' };

/** One container, up for 90 s; counts how often it was inspected. */
function countingEngine() {
  return {
    asked: 0,
    async container() {
      this.asked += 1;
      return running(new Date(Date.now() - 90_000).toISOString());
    },
  };
}

describe('a container that was inspected before', () => {
  it.each([
    ['Up Less than a second', '2026-11-22T11:59:59.400Z', true],
    ['Up 5 minutes (healthy)', '2026-11-22T11:54:20Z', true],
    ['Up About an hour', '2026-11-22T10:50:00Z', true],
    ['Up 3 weeks', '2026-10-30T12:00:00Z', true],
    // Started again since.
    ['Up 5 minutes', '2026-11-22T10:00:00Z', false],
    ['Up 3 seconds', '2026-11-22T11:59:00Z', false],
    ['Restarting', '2026-11-22T11:59:59Z', false],
  ])('%s fits a start at %s: %s', (status, startedAt, fits) => {
    expect(isSince(summary(status), running(startedAt), NOW)).toBe(fits);
  });

  it('is inspected again when the list says something new of it, and not before', async () => {
    const engine = countingEngine();
    const { signal } = new AbortController();
    const look = (one: ContainerSummary) => detailsOf(engine, 'p', [one], signal);
    await look(summary('Up About a minute'));
    const [same] = await look(summary('Up About a minute'));
    expect([engine.asked, same?.State.Status]).toEqual([1, 'running']);
    await look(summary('Up About a minute (Paused)', { State: 'paused' }));
    await look(summary('Up 4 seconds'));
    const restarted = { Networks: { n: { EndpointID: 'another' } } };
    await look(summary('Up About a minute', { NetworkSettings: restarted }));
    expect(engine.asked).toBe(4);
  });

  it('is inspected at every look when it is a service, but while events are followed and none came', async () => {
    const engine = countingEngine();
    const { signal } = new AbortController();
    const look = async (status = 'Up About a minute (healthy)') => {
      await detailsOf(engine, 'q', [summary(status, { Labels: OURS })], signal);
      return engine.asked;
    };
    expect([await look(), await look()]).toEqual([1, 2]);
    followChanges('q');
    expect([await look(), await look()]).toEqual([3, 3]);
    changed('q', 'another');
    expect(await look()).toBe(3);
    changed('q', 'x');
    expect([await look(), await look()]).toEqual([4, 4]);
    expect([
      await look('Up About a minute (unhealthy)'),
      await look('Up About a minute (unhealthy)'),
    ]).toEqual([5, 6]);
    unfollowChanges('q');
    expect([await look(), await look()]).toEqual([7, 8]);
  });
});
