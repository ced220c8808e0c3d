/** The charts of what passed the gateway: the same from either source. */
import {
  formatAxisDuration,
  formatCount,
  formatDuration,
  formatFigure,
  formatShare,
  formatSpeed,
  formatTokens,
  plural,
} from '../../../../server/schemas/format.ts';
import { ONE, THREE, TWO, type ChartSpec } from './chart-spec.ts';

const DURATIONS = { unit: null, format: formatAxisDuration };

const quantiles = (p50: number | null, p95: number | null, p99: number | null) =>
  p50 === null || p95 === null || p99 === null
    ? 'Not measured'
    : `Half within ${formatDuration(p50)}, 95 % within ${formatDuration(p95)}, 99 % within ${formatDuration(p99)}`;

const minus = (all: number | null, some: number | null): number | null =>
  all === null || some === null ? null : Math.max(0, all - some);

const perSecond = (tokens: number | null, seconds: number): number | null =>
  tokens === null || tokens === 0 ? null : tokens / seconds;
const share = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole === 0 ? null : part / whole;

/** Of what passed the gateway. `step`: seconds of a bucket. */
export const chartsOfRequests = (step: number): ChartSpec[] => [
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
    id: 'throughput',
    title: 'Tokens a second, all replies together',
    kind: 'lines',
    lines: [{ name: 'tokens/s', value: (point) => perSecond(point.completionTokens, step), colour: ONE }],
    format: formatSpeed,
    axis: { unit: 'tokens/s', format: formatFigure },
    summary: (totals) => `${formatCount(totals.completionTokens ?? 0)} tokens generated in this time`,
    empty: 'No tokens were generated in this time.',
  },
  {
    id: 'prefill',
    title: 'Prompt reading speed',
    kind: 'lines',
    lines: [{ name: 'tokens/s', value: (point) => point.prefillTokensPerSecond, colour: ONE }],
    format: formatSpeed,
    axis: { unit: 'tokens/s', format: formatFigure },
    summary: ({ prefillTokensPerSecond: speed }) =>
      speed === null ? 'Not measured' : `${formatSpeed(speed)} over all prompts, cached tokens left out`,
    empty: 'The runtime read no prompt in this time.',
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
  {
    id: 'cache',
    title: 'Prompt cache hits',
    kind: 'lines',
    lines: [
      {
        name: 'of prompt tokens',
        value: (point) => share(point.cachedTokens, point.promptTokens),
        colour: ONE,
      },
    ],
    format: formatShare,
    axis: { unit: null, format: formatShare, ticks: [0, 0.25, 0.5, 0.75, 1] },
    summary: ({ cachedTokens, promptTokens }) => {
      const all = share(cachedTokens, promptTokens);
      return all === null ? 'Not measured' : `${formatShare(all)} of all prompt tokens came from the cache`;
    },
    empty: 'No prompt token came from the cache in this time.',
  },
];
