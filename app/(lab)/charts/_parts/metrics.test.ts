import { describe, expect, it } from 'vitest';
import { overview, T0 } from '../../../_lib/fixtures.ts';
import type { MetricPoint } from '../../../_lib/wire.ts';
import { dashboardUrl, grafanaUrl, isImported } from './grafana-url.ts';
import { hasValues, isIsolated } from './chart-spec.ts';
import { chartsOfRequests } from './request-charts.ts';
import { rangeOf, timeTicks } from './ranges.ts';

const point = (over: Partial<MetricPoint> = {}): MetricPoint => ({
  t: T0,
  requests: 0,
  errors: 0,
  latencyP50: null,
  latencyP95: null,
  latencyP99: null,
  ttftP50: null,
  ttftP95: null,
  ttftP99: null,
  tokensPerSecond: null,
  prefillTokensPerSecond: null,
  running: null,
  waiting: null,
  electricity: null,
  hardware: null,
  api: null,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  ...over,
});

const CHARTS = chartsOfRequests(15);
const chart = (id: string) => {
  const found = CHARTS.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe('charts', () => {
  it('know an empty one from a full one', () => {
    for (const one of CHARTS) expect(hasValues(one, [point(), point()]), one.id).toBe(false);
    expect(hasValues(chart('ttft'), [point(), point({ ttftP50: 300 })])).toBe(true);
    expect(hasValues(chart('ttft'), [point({ requests: 3, latencyP50: 20 })])).toBe(false);
  });

  it('count no token twice', () => {
    const values = chart('tokens').lines.map((line) =>
      line.value(point({ promptTokens: 100, cachedTokens: 40, completionTokens: 7 })),
    );
    expect(values).toEqual([7, 60, 40]);
  });

  it('say the whole range in words', () => {
    const totals = point({
      requests: 1204,
      errors: 1,
      ttftP50: 352,
      ttftP95: 1240,
      ttftP99: 1500,
      promptTokens: 9,
    });
    expect(chart('requests').summary(totals)).toBe('1,204 requests, 1 error');
    expect(chart('ttft').summary(totals)).toBe('Half within 352 ms, 95 % within 1.2 s, 99 % within 1.5 s');
    expect(chart('latency').summary(totals)).toBe('Not measured');
  });

  it('find the points that a line would not show', () => {
    const line = { name: 'p50', value: (one: Omit<MetricPoint, 't'>) => one.ttftP50, colour: '' };
    const points = [1, null, 3, 4, null, null, 7].map((ttftP50) => point({ ttftP50 }));
    expect(points.map((_one, index) => isIsolated(line, points, index))).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });
});

describe('ranges', () => {
  it('fall back to the first', () => {
    expect(rangeOf('6h').value).toBe('6h');
    expect(rangeOf('7y').value).toBe('15m');
    expect(rangeOf(null).value).toBe('15m');
  });

  it('have ticks at round times within the range', () => {
    const ticks = timeTicks(T0 + 1, T0 + 15 * 60_000, 180_000);
    expect(ticks).toEqual([3, 6, 9, 12, 15].map((minutes) => T0 + minutes * 60_000));
  });
});

it('the link to Grafana keeps the range, and is there only while Grafana is healthy', () => {
  const grafana = (health: 'healthy' | 'starting') =>
    overview({
      status: {
        ...overview().status,
        managed_items: [
          {
            name: 'grafana',
            domain: 'service',
            state: 'managed',
            health,
            meta: { ports: '127.0.0.1:13000→3000/tcp' },
          },
        ],
      },
    });
  expect(grafanaUrl(grafana('healthy'), '6h')).toBe(
    'http://localhost:13000/d/ailab-lab?orgId=1&from=now-6h&to=now',
  );
  expect(grafanaUrl(grafana('starting'), '6h')).toBeNull();
  expect(grafanaUrl(overview(), '6h')).toBeNull();
  expect(dashboardUrl('http://localhost:1/', '15m')).toBe(
    'http://localhost:1/d/ailab-lab?orgId=1&from=now-15m&to=now',
  );
  const runs = (state: string) => [{ type: 'grafana-import', runs: [{ state }] }];
  expect([isImported(runs('done')), isImported(runs('skipped')), isImported([])]).toEqual([
    true,
    false,
    false,
  ]);
});
