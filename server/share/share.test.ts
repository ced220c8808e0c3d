import { expect, it } from 'vitest';
import { overview } from '../../app/_lib/fixtures.ts';
import type { StatusItem } from '../schemas/lab.ts';
import type { LabOverview } from '../schemas/overview.ts';
import { exposureWords, listeningOf } from '../schemas/share-words.ts';
import { renderBadge } from './badge.ts';
import { renderPage, renderSnapshot } from './page.ts';
import { SHARE_SCRIPT } from './script.ts';
import { toShareView } from './view.ts';

const item: StatusItem = {
  name: 'grafana',
  domain: 'service',
  state: 'managed',
  health: 'unhealthy',
  manager: 'docker',
  path: '/p',
  error: 'e',
  drift: ['environment'],
  meta: { port: 13000, container: 'c', image: 'i', label: 'l' },
};
const series = {
  points: [{ tokensPerSecond: null }, { tokensPerSecond: 12.5 }],
  totals: { requests: 3, errors: 1, tokensPerSecond: 12.5, latencyP95: 900, ttftP95: 120 },
};
const SHARE = { token: 'a'.repeat(22), expiresAt: 1e12 };

const everything = (facts: LabOverview, modelName: string | null): string => {
  const view = toShareView({ at: 1e12, overview: facts, modelName, series });
  return [JSON.stringify(view), renderPage(view, SHARE), renderSnapshot(view), renderBadge(view)].join('\n');
};

/** Words that decide something are no place for a secret: enumerated by the schemas. */
const ENUMERATED = new Set([
  'phase',
  'engine',
  'profile',
  'kind',
  'health',
  'state',
  'domain',
  'reach',
  'origin',
]);

/** The same object with a mark of its own in every text that it holds, however deep. */
function marked(value: unknown, marks: string[], key = ''): unknown {
  if (typeof value === 'string') {
    if (ENUMERATED.has(key) || (key === 'name' && value === 'grafana') || key === 'sha256') return value;
    marks.push(`/secret/${marks.length}/of me`);
    return marks.at(-1);
  }
  if (Array.isArray(value)) return value.map((one) => marked(one, marks, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, marked(one, marks, name)]));
}

it('nothing that an overview holds in words comes out, but for what the allow-list names', () => {
  const { status } = overview();
  const full: LabOverview = {
    ...overview(),
    attention: [{ code: 'c', message: 'm', fix: 'f' }],
    lock: { id: 'l', sha256: 'a'.repeat(64), origin: 'up', createdAt: 1, activityId: 'a' },
    runtime: {
      kind: 'llama-server',
      version: 'v',
      health: 'healthy',
      port: 1,
      since: 1,
      restarts: 0,
      lastExit: 'x',
    },
    status: {
      ...status,
      managed_items: [item, { ...item, name: 'a-strangers-container' }],
      missing_items: [{ ...item, name: 'weaviate', domain: 'weights' }],
      untracked_items: [{ ...item, name: 'another' }],
    },
  };
  const marks: string[] = [];
  const shown = everything(marked(full, marks) as LabOverview, '/secret/name of me.gguf');
  expect(marks.length).toBeGreaterThan(30);
  expect(shown.match(/\/secret\/[^"<]*/)?.[0]).toBeUndefined();
  expect(shown).toContain('"name":"grafana","state":"managed","health":"unhealthy"');
});

it('shows a name that is one, and escapes what it shows', () => {
  expect(everything(overview(), 'org/name:Q4_K_M')).toContain('<dd>org/name:Q4_K_M</dd>');
  for (const bad of ['C:\\models\\x', '../x', '~/x', 'a/b/c', '<script>alert(1)</script>', 'x'.repeat(200)])
    expect(everything(overview(), bad)).toContain('<dd>A local model</dd>');
});

it('tells every port of a container, and one that is open to the network', () => {
  const sharing = { shares: 0, dashboardPort: 3000, lan: null };
  const weaviate = {
    ...item,
    name: 'weaviate',
    meta: { port: 18081, ports: '127.0.0.1:18081→8080/tcp, 0.0.0.0:18082→50051/tcp' },
  };
  const listening = listeningOf({ managed_items: [weaviate] }, sharing);
  expect(listening).toEqual([
    { what: 'Dashboard and gateway', port: 3000, reach: 'machine' },
    { what: 'Weaviate', port: 18081, reach: 'machine' },
    { what: 'Weaviate', port: 18082, reach: 'network' },
  ]);
  expect(exposureWords(sharing, listening)).toContain('Your network may reach Weaviate on port 18082');
  expect(exposureWords(sharing, listening.slice(0, 2))).toBe('Only this machine reaches the lab.');
});

it('keeps its script small, and a snapshot has none', () => {
  const view = toShareView({ at: 1e12, overview: overview(), modelName: null, series });
  expect(Buffer.byteLength(SHARE_SCRIPT)).toBeLessThan(4096);
  expect(renderSnapshot(view)).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
});
