import { describe, expect, it } from 'vitest';
import { fromPrometheus } from './from-prometheus.ts';
import type { GridSeries } from './prometheus-client.ts';
import { quantile } from './quantile.ts';

const GRID = { from: 1_000_000, to: 1_060_000, stepMs: 15_000 };
const TIMES = [1_000_000, 1_015_000, 1_030_000, 1_045_000, 1_060_000];

/** Null: no sample at that time. */
const series = (
  name: string,
  values: (number | null)[],
  labels: Record<string, string> = {},
): GridSeries => ({
  labels: { __name__: name, ...labels },
  values: new Map(values.flatMap((value, at) => (value === null ? [] : [[TIMES[at] ?? 0, value] as const]))),
});
const requests = (values: (number | null)[], outcome = 'ok') =>
  series('ailab_requests_total', values, { model: 'm', outcome });
const started = (values: (number | null)[]) => series('ailab_server_start_time_seconds', values);
const counts = (ours: GridSeries[]) => fromPrometheus(GRID, ours, []).points.map(({ requests: n }) => n);
const EVER = [500, 500, 500, 500, 500];

describe('what a counter has grown', () => {
  it('is told from one time to the next, and what was there before is nobody’s', () => {
    expect(counts([started(EVER), requests([10, 10, 12, 12, 15])])).toEqual([0, 2, 0, 3]);
  });

  it('counts a series that appears while the server is watched', () => {
    expect(counts([started(EVER), requests([null, null, 3, 4, 4])])).toEqual([0, 3, 1, 0]);
  });

  it('begins at nothing after a restart, even where the new count is the higher one', () => {
    const restarted = [500, 500, 1020, 1020, 1020];
    expect(counts([started(restarted), requests([2, 2, 5, 6, 6])])).toEqual([0, 5, 1, 0]);
  });

  it('is a gap without samples, and what was counted meanwhile follows it', () => {
    const gap = [500, null, null, 500, 500];
    expect(counts([started(gap), requests([4, null, null, 9, 9])])).toEqual([null, null, 5, 0]);
  });

  it('is not made up where Prometheus began to look late', () => {
    const late = [null, null, 500, 500, 500];
    expect(counts([started(late), requests([null, null, 900, 901, 901])])).toEqual([null, 0, 1, 0]);
  });

  it('is all there is of a server that began within the range, also where Prometheus came later', () => {
    const began = [null, null, null, 1001, 1001];
    expect(counts([started(began), requests([null, null, null, 10, 12])])).toEqual([null, null, 10, 2]);
  });
});

it('makes figures of the counters, over the range and bucket by bucket', () => {
  const bucket = (le: string, values: number[], error = '') =>
    series('gen_ai_client_operation_duration_seconds_bucket', values, { le, error_type: error });
  const { points, totals } = fromPrometheus(
    GRID,
    [
      started(EVER),
      requests([0, 0, 4, 4, 4]),
      requests([0, 0, 0, 1, 1], 'error'),
      bucket('1.0', [0, 0, 2, 2, 2]),
      bucket('2.0', [0, 0, 4, 4, 4]),
      bucket('+Inf', [0, 0, 4, 4, 4]),
      bucket('+Inf', [0, 0, 0, 1, 1], 'runtime_500'),
      series('ailab_generation_tokens_total', [0, 0, 80, 80, 80]),
      series('ailab_generation_seconds_total', [0, 0, 4, 4, 4]),
      series('ailab_cost_total', [0, 0, 0.5, 0.5, 0.5], {
        number: 'electricity',
        bound: 'high',
        currency: 'EUR',
      }),
      series('ailab_cost_total', [0, 9, 9, 9, 9], { number: 'api', bound: 'low', currency: 'USD' }),
      series('ailab_service_memory_bytes', [1, 2, 3, 4, 5], { service: 'model' }),
    ],
    [series('ailab:requests_running', [0, 1, 2, 0, 0], { model_name: 'm' })],
  );
  expect(totals).toMatchObject({
    electricity: { low: 0, high: 0.5 },
    hardware: null,
    api: 9,
    requests: 5,
    errors: 1,
    latencyP50: 1000,
    tokensPerSecond: 20,
    ttftP50: null,
  });
  expect(points.map(({ errors }) => errors)).toEqual([0, 0, 1, 0]);
  expect(points.map(({ running }) => running)).toEqual([1, 2, 0, 0]);
  expect(points.map(({ latencyP95 }) => latencyP95)).toEqual([null, 1900, null, null]);
});

describe('a quantile of a histogram', () => {
  const cases: [[number, number][], number, number | null][] = [
    [[], 0.5, null],
    [
      [
        [1, 0],
        [2, 10],
        [Infinity, 10],
      ],
      0.5,
      1.5,
    ],
    [
      [
        [1, 5],
        [2, 10],
        [Infinity, 10],
      ],
      0.95,
      1.9,
    ],
    [
      [
        [1, 5],
        [2, 5],
        [Infinity, 10],
      ],
      0.95,
      2,
    ],
  ];
  it.each(cases)('of %j at %d is %s', (buckets, q, expected) => {
    expect(quantile(new Map(buckets), q)).toBe(expected);
  });
});
