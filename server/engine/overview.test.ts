import { describe, expect, it } from 'vitest';
import { locateHome } from '../lib/home.ts';
import { DEFAULT_PORTS } from '../schemas/config-defaults.ts';
import type { Activity } from '../schemas/activity.ts';
import type { Lab, StatusItem } from '../schemas/lab.ts';
import { toOverview, type OverviewInput } from './overview.ts';
import { toStatus } from './status.ts';

const home = locateHome('/nowhere');
const LAB: Lab = {
  project: 'ai-lab',
  engine: 'embedded',
  engineReason: 'as configured',
  profile: 'default',
  weights: { kind: 'none' },
  weightsPath: null,
  modelName: 'none',
  contextSize: 4096,
  modelPort: 18_080,
  threads: 2,
  runtime: { kind: 'node-llama-cpp', version: '3.22.1' },
  stack: { services: [], ports: DEFAULT_PORTS, images: {} },
};
const process = (over: Partial<StatusItem> = {}): StatusItem => ({
  name: 'embedded-runtime',
  domain: 'process',
  state: 'managed',
  health: 'healthy',
  meta: {},
  ...over,
});
const tool = (state: StatusItem['state']): StatusItem => ({
  name: 'node-llama-cpp',
  domain: 'package',
  manager: 'npm',
  state,
  meta: {},
});
const activity = (over: Partial<Activity>): Activity => ({
  id: 'a',
  kind: 'up',
  state: 'running',
  startedBy: 'cli',
  startedAt: 0,
  endedAt: null,
  steps: [],
  error: null,
  outcome: null,
  ...over,
});

function overview(items: StatusItem[], lab: Partial<Lab> = {}, over: Partial<OverviewInput> = {}) {
  const config = {
    path: home.config,
    exists: false,
    values: {},
    plain: {},
    text: '',
    sha256: 'c0ffee',
    problems: [],
  };
  const resolved = { lab: { ...LAB, ...lab }, config, problems: [], engineInFull: LAB.engineReason };
  const status = toStatus(home, resolved, items, false);
  return toOverview({
    home,
    resolved,
    status,
    explained: new Map(),
    gpu: null,
    running: undefined,
    latest: undefined,
    starterHere: null,
    hint: null,
    gatewayUrl: null,
    sharing: { shares: 0, dashboardPort: null, lan: null },
    lock: null,
    ...over,
  });
}

describe('the phase', () => {
  it.each([
    ['nothing there', [], undefined, 'stopped'],
    ['missing', [process({ state: 'missing' })], undefined, 'stopped'],
    ['healthy', [process()], undefined, 'running'],
    ['loading', [process({ health: 'starting' })], undefined, 'starting'],
    ['sick', [process({ health: 'unhealthy' })], undefined, 'trouble'],
    ['exited', [process({ health: 'exited' })], undefined, 'trouble'],
    ['unknown', [process({ health: 'unknown' })], undefined, 'trouble'],
    ['coming up', [process()], activity({}), 'starting'],
    ['going down', [process()], activity({ kind: 'down' }), 'stopping'],
    ['a healthy container', [process({ domain: 'service', name: 'model' })], undefined, 'running'],
    ['another healthy container', [process({ domain: 'service', name: 'grafana' })], undefined, 'stopped'],
  ] as const)('%s', (_name, items, running, phase) => {
    expect(overview([...items], {}, { running }).phase).toBe(phase);
  });
});

describe('what needs a person', () => {
  it('is nothing when all is well', () => {
    expect(overview([process()]).attention).toEqual([]);
  });

  it('is told before a start that the model will not fit, and not while it runs', () => {
    const hint = { code: 'memory_tight', message: 'm', fix: 'f' };
    expect(overview([], {}, { hint }).attention).toEqual([hint]);
    expect(overview([process()], {}, { hint }).attention).toEqual([]);
  });

  it('names one trouble once, for all that have it', () => {
    const away = { error: 'Docker does not answer.', health: 'unknown' as const, domain: 'service' as const };
    const { attention } = overview([
      process({ ...away, name: 'model' }),
      process({ ...away, name: 'grafana' }),
    ]);
    expect(attention).toMatchObject([{ message: 'model, grafana: Docker does not answer.' }]);
  });

  it('keeps the last failure until something newer ran, and says what was interrupted', () => {
    const error = { code: 'x', message: 'no', fix: 'do' };
    expect(overview([], {}, { latest: activity({ state: 'failed', error }) }).attention).toEqual([error]);
    expect(overview([], {}, { latest: activity({ state: 'interrupted' }) }).attention).toMatchObject([
      { code: 'interrupted' },
    ]);
    expect(overview([], {}, { latest: activity({ state: 'done' }) }).attention).toEqual([]);
  });

  it('names drift by field', () => {
    const { attention } = overview([process({ drift: ['context_size', 'threads'] })]);
    expect(attention).toMatchObject([
      { code: 'drift', message: expect.stringContaining('context_size, threads') },
    ]);
  });
});

describe('the starter', () => {
  it('is offered while nothing is configured, with what else will be downloaded', () => {
    expect(overview([tool('missing')]).starter).toMatchObject({
      downloadBytes: 105_454_144,
      besides: 'node-llama-cpp from npm, about 66 MB',
    });
    expect(overview([tool('managed')]).starter?.besides).toBeNull();
    expect(overview([], { engine: 'docker' }).starter?.besides).toMatch(/images/);
  });

  it("is not offered beside a model of the user's own", () => {
    const weights = { kind: 'path', path: '/m.gguf' } as const;
    const shown = overview([], { weights, modelName: 'm' });
    expect([shown.starter, shown.model?.title]).toEqual([null, 'm']);
    expect(overview([], { weights: { kind: 'starter' }, modelName: 'pypi:x' }).model?.title).toBe(
      'SmolLM2-135M-Instruct',
    );
  });
});
