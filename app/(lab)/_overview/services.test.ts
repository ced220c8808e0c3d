import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { dockerAway, rememberSeen } from '../../_lib/docker.ts';
import { overview } from '../../_lib/fixtures.ts';
import type { LabOverview, StatusItem } from '../../_lib/wire.ts';
import { driftFields, ignoredFields } from './drift-words.ts';
import { memoryWords, publishedPorts, servicePage, shortDigest } from './service-words.ts';
import { actions, headline, labItems, troubles } from './view.ts';

const service = (name: string, over: Partial<StatusItem> = {}): StatusItem => ({
  name,
  domain: 'service',
  state: 'managed',
  health: 'healthy',
  meta: {},
  ...over,
});

function stack(items: StatusItem[], over: Partial<LabOverview> = {}): LabOverview {
  const lab = overview({ engine: 'docker', ...over });
  const of = (state: StatusItem['state']) => items.filter((item) => item.state === state);
  return {
    ...lab,
    status: { ...lab.status, managed_items: of('managed'), missing_items: of('missing') },
  };
}

const WHY = 'Docker does not answer. Start Docker.';
const unknown = (name: string) => service(name, { health: 'unknown', error: WHY });

describe('Docker away', () => {
  it('is when no service can be looked at, and all for the same reason', () => {
    expect(dockerAway(stack([unknown('model'), unknown('grafana')]))).toBe(WHY);
    expect(dockerAway(stack([unknown('model'), service('grafana')]))).toBeNull();
    expect(dockerAway(overview())).toBeNull();
    expect(dockerAway(undefined)).toBeNull();
  });

  it('is told by the banner alone, offers nothing, and keeps what was seen', () => {
    const attention = [{ code: 'item_error', message: `model: ${WHY}`, fix: '' }];
    const away = stack([unknown('model')], { phase: 'trouble', attention });
    expect(troubles(away)).toEqual([]);
    expect(actions(away, undefined)).toEqual([]);
    expect(headline(away, undefined, null).tone).toBe('warn');
    const cache = new QueryClient();
    rememberSeen(cache, stack([service('model')]));
    rememberSeen(cache, away);
    expect(cache.getQueryData(['docker-last-seen'])).toMatchObject({
      services: [{ name: 'model', health: 'healthy' }],
      lostAt: expect.any(Number),
    });
  });
});

describe('services', () => {
  it('come in the order of the stack file', () => {
    const lab = stack(['grafana', 'model', 'weaviate'].map((name) => service(name)));
    expect(labItems(lab).map(({ name }) => name)).toEqual(['model', 'weaviate', 'grafana']);
  });

  it('that are gone need somebody, and a Start is the next step', () => {
    const lab = stack([service('model'), service('grafana', { state: 'missing' })]);
    expect(actions(lab, undefined)).toEqual(['start', 'chat', 'plan', 'stop']);
    expect(headline(lab, undefined, null).title).toContain('1 thing needs you');
  });

  it('can be opened where a person can use them, while they run', () => {
    const meta = { ports: '127.0.0.1:13000→3000/tcp' };
    expect(servicePage(service('grafana', { meta }))?.url).toBe('http://localhost:13000/');
    expect(servicePage(service('grafana', { meta, health: 'starting' }))).toBeNull();
    expect(servicePage(service('weaviate', { meta }))).toBeNull();
    expect(publishedPorts({ ports: '127.0.0.1:1→8080/tcp, 127.0.0.1:2→50051/tcp' })).toHaveLength(2);
  });

  it('tell memory and digests as Docker does', () => {
    expect([memoryWords(4 * 1024 ** 3), memoryWords(400 * 1024 ** 2)]).toEqual(['4 GiB', '400 MiB']);
    expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('sha256:abababababab');
  });
});

describe('drift in words', () => {
  it('tells both values where they may be told, and names what differs where not', () => {
    const item = service('model', {
      drift: ['environment', 'memory_limit', 'command'],
      meta: {
        environment: '00aa00aa00aa (EXTRA)',
        asked_environment: 'ab12ab12ab12',
        memory_limit: 1024 ** 3,
        asked_memory_limit: 4 * 1024 ** 3,
        command: '00aa00aa00aa',
        asked_command: 'as the image says',
      },
    });
    const [environment, memory, command] = driftFields(item);
    expect(environment).toMatchObject({ detail: expect.stringContaining('EXTRA'), runs: null, asked: null });
    expect(memory).toMatchObject({ name: 'memory limit', runs: '1 GiB', asked: '4 GiB' });
    expect(command).toMatchObject({ detail: null, runs: null });
    expect(ignoredFields(service('model', { meta: { drift_ignored: 'environment, command' } }))).toEqual([
      'environment',
      'command',
    ]);
  });
});
