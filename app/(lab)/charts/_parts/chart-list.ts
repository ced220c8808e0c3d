/** What is drawn: each chart with its lines, its unit and its words. Nothing here knows how it is drawn. */
import {
  formatAxisDuration,
  formatCount,
  formatDuration,
  formatFigure,
  formatSpeed,
  formatTokens,
  plural,
} from '../../../../server/schemas/format.ts';
import type { MetricPoint, MetricSeries } from '../../../_lib/wire.ts';

type Totals = MetricSeries['totals'];

export interface Line {
  name: string;
  /** Null is a gap: no such measurement in that bucket. */
  value: (point: MetricPoint) => number | null;
  colour: string;
  dashed?: boolean;
}

export interface ChartSpec {
  id: string;
  title: string;
  kind: 'lines' | 'bars';
  lines: readonly Line[];
  /** In the tooltip. */
  format: (value: number) => string;
  /** On the axis; `unit` stands above it where the figures carry none. */
  axis: { unit: string | null; format: (value: number) => string };
  /** The whole range in words. */
  summary: (totals: Totals) => string;
  /** Shown instead of an empty chart, while there are requests. */
  empty: string;
}

const ONE = 'var(--chart-1)';
const TWO = 'var(--chart-2)';
const THREE = 'var(--chart-3)';

const DURATIONS = { unit: null, format: formatAxisDuration };

const quantiles = (p50: number | null, p95: number | null, p99: number | null) =>
  p50 === null || p95 === null || p99 === null
    ? 'Not measured'
    : `Half within ${formatDuration(p50)}, 95 % within ${formatDuration(p95)}, 99 % within ${formatDuration(p99)}`;

const minus = (all: number | null, some: number | null): number | null =>
  all === null || some === null ? null : Math.max(0, all - some);

export const CHARTS: readonly ChartSpec[] = [
  {
    id: 'ttft',
    title: 'Time to first token',
    kind: 'lines',
    lines: [
      { name: 'p50', value: (point) => point.ttftP50, colour: ONE },
      { name: 'p95', value: (point) => point.ttftP95, colour: THREE, dashed: true },
      { name: 'p99', value: (point) => point.ttftP99, colour: TWO, dashed: true },
    ],
    format: formatDuration,
    axis: DURATIONS,
    summary: (totals) => quantiles(totals.ttftP50, totals.ttftP95, totals.ttftP99),
    empty: 'Only streamed replies have a first token, and none was streamed in this time.',
  },
  {
    id: 'latency',
    title: 'Latency of whole replies',
    kind: 'lines',
    lines: [
      { name: 'p50', value: (point) => point.latencyP50, colour: ONE },
      { name: 'p95', value: (point) => point.latencyP95, colour: THREE, dashed: true },
      { name: 'p99', value: (point) => point.latencyP99, colour: TWO, dashed: true },
    ],
    format: formatDuration,
    axis: DURATIONS,
    summary: (totals) => quantiles(totals.latencyP50, totals.latencyP95, totals.latencyP99),
    empty: 'No reply was completed in this time.',
  },
  {
    id: 'speed',
    title: 'Generation speed',
    kind: 'lines',
    lines: [{ name: 'tokens/s', value: (point) => point.tokensPerSecond, colour: ONE }],
    format: formatSpeed,
    axis: { unit: 'tokens/s', format: formatFigure },
    summary: ({ tokensPerSecond }) =>
      tokensPerSecond === null ? 'Not measured' : `${formatSpeed(tokensPerSecond)} over all replies`,
    empty: 'The runtime measured no generation in this time.',
  },
  {
    id: 'tokens',
    title: 'Tokens',
    kind: 'bars',
    lines: [
      { name: 'Generated', value: (point) => point.completionTokens, colour: ONE },
      // The prompt's count holds the cached ones, which cost next to nothing.
      {
        name: 'Prompt, read',
        value: (point) => minus(point.promptTokens, point.cachedTokens),
        colour: TWO,
      },
      { name: 'Prompt, cached', value: (point) => point.cachedTokens, colour: THREE },
    ],
    format: formatTokens,
    axis: { unit: 'tokens', format: formatFigure },
    summary: (totals) =>
      `${formatCount(totals.completionTokens ?? 0)} generated, ${formatCount(totals.promptTokens ?? 0)} in prompts, ` +
      `${formatCount(totals.cachedTokens ?? 0)} of them cached`,
    empty: 'No tokens were counted in this time.',
  },
  {
    id: 'requests',
    title: 'Requests',
    kind: 'bars',
    lines: [
      { name: 'Answered', value: (point) => minus(point.requests, point.errors), colour: ONE },
      { name: 'Errors', value: (point) => point.errors, colour: 'var(--bad)' },
    ],
    format: (value) => plural(value, 'request'),
    axis: { unit: 'requests', format: formatFigure },
    summary: (totals) => `${plural(totals.requests ?? 0, 'request')}, ${plural(totals.errors ?? 0, 'error')}`,
    empty: 'No request came in this time.',
  },
];

/** Is there anything to draw? */
export function hasValues(chart: ChartSpec, points: readonly MetricPoint[]): boolean {
  return points.some((point) => chart.lines.some((line) => (line.value(point) ?? 0) > 0));
}

/** A measured point with a gap on both sides: a line would not show it. */
export function isIsolated(line: Line, points: readonly MetricPoint[], index: number): boolean {
  const at = (place: number) => {
    const point = points[place];
    return point === undefined ? null : line.value(point);
  };
  return at(index) !== null && at(index - 1) === null && at(index + 1) === null;
}
