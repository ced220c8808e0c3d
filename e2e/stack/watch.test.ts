import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { locateHome } from '../../server/lib/home.ts';
import { dockerTrouble } from '../../server/resources/compose-stack/docker-trouble.ts';
import type { EngineApi } from '../../server/resources/compose-stack/engine-api.ts';
import { fakeEngine, sampleContainer } from '../../server/resources/compose-stack/testing/samples.ts';
import { usageOf } from '../../server/resources/compose-stack/usage.ts';
import { watchStack } from '../../server/resources/compose-stack/watch.ts';

let closing = new AbortController();
afterEach(() => {
  closing.abort();
  closing = new AbortController();
});

const OURS = { 'com.docker.compose.config-hash': 'x', 'com.docker.compose.service': 'model' };

function setUp(connect?: () => Promise<EngineApi>) {
  const events: PassThrough[] = [];
  let lists = 0;
  const engine = fakeEngine({
    ping: async () => undefined,
    events: async () => {
      const stream = new PassThrough();
      events.push(stream);
      return stream;
    },
    containers: async () => {
      lists += 1;
      return [{ Id: 'x', Names: ['/x'], Labels: OURS, State: 'running', Ports: [] }];
    },
    container: async () => sampleContainer({ RestartCount: lists }),
  });
  const onChange = vi.fn();
  const watch = watchStack({
    home: locateHome('/nowhere'),
    env: { NODE_ENV: 'test' },
    onChange,
    signal: closing.signal,
    connect: connect ?? (async () => engine),
    random: () => 0,
    firstPauseMs: 30,
  });
  return { watch, events, onChange, lists: () => lists, engine };
}
const event = (Action: string) => `${JSON.stringify({ Type: 'container', Action, Actor: { ID: 'x' } })}\n`;

describe('watchStack', () => {
  it('subscribes, then lists; a flood of events makes one look, health checks none', async () => {
    const { watch, events, lists } = setUp();
    await vi.waitFor(() => expect(lists()).toBe(1));
    for (let i = 0; i < 200; i += 1) events[0]?.write(event('exec_start: /bin/sh'));
    for (let i = 0; i < 500; i += 1) events[0]?.write(event('die'));
    await vi.waitFor(() => expect(lists()).toBe(2));
    expect(watch.view().containers[0]?.RestartCount).toBe(2);
    expect(watch.view().unreachableSince).toBeNull();
  });

  it('says since when Docker is away, and lists from scratch when it is back', async () => {
    const { watch, events, lists, onChange } = setUp();
    await vi.waitFor(() => expect(lists()).toBe(1));
    const seen: unknown[] = [];
    onChange.mockImplementation(() =>
      seen.push([watch.view().problem?.code ?? null, watch.failure() === null]),
    );
    events[0]?.destroy(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    await vi.waitFor(() => expect(lists()).toBe(2));
    await vi.waitFor(() =>
      expect(seen).toEqual([
        ['docker_unreachable', false],
        [null, true],
      ]),
    );
  });

  it('keeps the first moment while the tries go on', async () => {
    const refused = dockerTrouble(
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      { url: 'u', origin: 'o' },
      'x',
    );
    const { watch } = setUp(async () => {
      throw refused;
    });
    await vi.waitFor(() => expect(watch.view().problem?.code).toBe('docker_unreachable'));
    const since = watch.view().unreachableSince;
    await watch.refresh();
    expect(watch.view().unreachableSince).toBe(since);
  });
});

describe('usageOf', () => {
  const sample = (own: number, system: number) => ({
    cpu_stats: { cpu_usage: { total_usage: own }, system_cpu_usage: system, online_cpus: 2 },
    memory_stats: { usage: 300, limit: 1000, stats: { inactive_file: 100 } },
  });

  it('tells cores from two samples and leaves the page cache out', () => {
    expect(usageOf(sample(0, 0), undefined)).toEqual({
      cores: null,
      memoryBytes: 200,
      memoryLimitBytes: 1000,
    });
    expect(usageOf(sample(50, 100), sample(0, 0)).cores).toBe(1);
  });

  it('is never negative after a restart', () => {
    expect(usageOf(sample(0, 100), sample(50, 0)).cores).toBeNull();
  });
});
