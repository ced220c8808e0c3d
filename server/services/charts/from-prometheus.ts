/**
 * Our own counters, as Prometheus has kept them, as chart points. Differences of the counters' values, series by
 * series, and not `increase()`: that one extrapolates, and its sums are not those of the ledger.
 */
import type { MetricFigures, MetricPoint } from '../../schemas/metrics.ts';
import type { Range } from '../../schemas/cost.ts';
import { quantile, type Buckets } from './quantile.ts';
import type { Grid, GridSeries } from './prometheus-client.ts';

const START = 'ailab_server_start_time_seconds';
const DURATION = 'gen_ai_client_operation_duration_seconds_bucket';
const FIRST = 'gen_ai_client_operation_time_to_first_chunk_seconds_bucket';
const COUNTERS = [
  'ailab_requests_total',
  'ailab_prompt_tokens_total',
  'ailab_cached_tokens_total',
  'ailab_completion_tokens_total',
  'ailab_generation_tokens_total',
  'ailab_generation_seconds_total',
  'ailab_prefill_tokens_total',
  'ailab_prefill_seconds_total',
  'ailab_cost_total',
] as const;
const COST = 'ailab_cost_total';
const GAUGES = ['ailab_service_cpu_cores', 'ailab_service_memory_bytes'] as const;

/** Everything of this lab's server in one question. `instance` is the project: letters, digits and hyphens. */
export function ourQuery(instance: string): string {
  const names = [START, DURATION, FIRST, ...COUNTERS, ...GAUGES].join('|');
  return `{__name__=~"${names}",job="ailab-web",instance="${instance}"}`;
}

/** What the runtime says of itself, under the names that stacks/prometheus/rules gives it whatever the runtime. */
export const RUNTIME_QUERY = '{__name__=~"ailab:requests_(running|waiting)"}';

export interface PrometheusSeries {
  points: MetricPoint[];
  totals: MetricFigures;
  currency: string | null;
  apiCurrency: string | null;
  services: { name: string; cores: (number | null)[]; memoryBytes: (number | null)[] }[];
}

export function fromPrometheus(
  grid: Grid,
  ours: readonly GridSeries[],
  runtime: readonly GridSeries[],
): PrometheusSeries {
  const times: number[] = [];
  for (let at = grid.from; at <= grid.to; at += grid.stepMs) times.push(at);
  const named = (name: string) => ours.filter(({ labels }) => labels['__name__'] === name);
  const started = times.map((at) => maximum(named(START).map(({ values }) => values.get(at))));

  const sums = times.map(newSums);
  const total = newSums();
  const currencies = currenciesOf(ours);
  for (const series of [DURATION, FIRST, ...COUNTERS].flatMap(named)) {
    if (!isOfCurrency(series, currencies)) continue;
    for (const [index, growth] of growths(series, times, started)) {
      add(sums[index], series.labels, growth);
      add(total, series.labels, growth);
    }
  }

  const atEnd = (name: string, index: number) =>
    sumKnown(
      runtime
        .filter(({ labels }) => labels['__name__'] === name)
        .map(({ values }) => values.get(times[index] ?? 0)),
    );
  const points = times.slice(1).map((end, before): MetricPoint => ({
    t: end - grid.stepMs,
    ...(started[before + 1] === undefined ? UNKNOWN : figuresOf(sums[before + 1] ?? newSums())),
    running: atEnd('ailab:requests_running', before + 1),
    waiting: atEnd('ailab:requests_waiting', before + 1),
  }));
  return { points, totals: figuresOf(total), ...currencies, services: servicesOf(ours, times.slice(1)) };
}

/**
 * How much a counter has grown up to each time, by the index of that time. A restart begins at nothing. What a counter
 * holds when it is first seen is growth where it began since the first time: the server did, or was seen without it.
 */
function* growths(
  { values }: GridSeries,
  times: readonly number[],
  started: readonly (number | undefined)[],
): Generator<[number, number]> {
  let last: { value: number; at: number } | undefined;
  for (const [index, at] of times.entries()) {
    const value = values.get(at);
    if (value === undefined) continue;
    const begun = (started[index] ?? 0) * 1000;
    if (last !== undefined) {
      const reset = begun > last.at || value < last.value;
      yield [index, reset ? value : value - last.value];
    } else if (index > 0 && (begun >= (times[0] ?? 0) || started.slice(0, index).some(isKnown))) {
      yield [index, value];
    }
    last = { value, at };
  }
}

const isKnown = (value: number | undefined): boolean => value !== undefined;

interface Sums {
  /** By number and bound, of the currencies in question. */
  costs: Map<string, number>;
  requests: Record<string, number>;
  counters: Record<string, number>;
  duration: Buckets;
  first: Buckets;
}

const newSums = (): Sums => ({
  costs: new Map(),
  requests: {},
  counters: {},
  duration: new Map(),
  first: new Map(),
});

function add(sums: Sums | undefined, labels: Record<string, string>, growth: number): void {
  if (sums === undefined || growth === 0) return;
  const name = labels['__name__'] ?? '';
  if (name === DURATION || name === FIRST) {
    // Latency is of the replies that succeeded; a refused request would only make them look fast.
    if ((labels['error_type'] ?? '') !== '') return;
    const buckets = name === DURATION ? sums.duration : sums.first;
    const le = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    buckets.set(le, (buckets.get(le) ?? 0) + growth);
    return;
  }
  if (name === COST) {
    const key = `${labels['number']} ${labels['bound']}`;
    sums.costs.set(key, (sums.costs.get(key) ?? 0) + growth);
    return;
  }
  sums.counters[name] = (sums.counters[name] ?? 0) + growth;
  if (name === 'ailab_requests_total') {
    const outcome = labels['outcome'] ?? '';
    sums.requests[outcome] = (sums.requests[outcome] ?? 0) + growth;
  }
}

function figuresOf({ requests, counters, duration, first, costs }: Sums): MetricFigures {
  const count = (name: (typeof COUNTERS)[number]) => Math.round(counters[name] ?? 0);
  const speed = (tokens: (typeof COUNTERS)[number], seconds: (typeof COUNTERS)[number]) => {
    const time = counters[seconds] ?? 0;
    return time === 0 ? null : (counters[tokens] ?? 0) / time;
  };
  return {
    requests: count('ailab_requests_total'),
    errors: Math.round((requests['error'] ?? 0) + (requests['partial'] ?? 0)),
    latencyP50: ms(duration, 0.5),
    latencyP95: ms(duration, 0.95),
    latencyP99: ms(duration, 0.99),
    ttftP50: ms(first, 0.5),
    ttftP95: ms(first, 0.95),
    ttftP99: ms(first, 0.99),
    tokensPerSecond: speed('ailab_generation_tokens_total', 'ailab_generation_seconds_total'),
    prefillTokensPerSecond: speed('ailab_prefill_tokens_total', 'ailab_prefill_seconds_total'),
    promptTokens: count('ailab_prompt_tokens_total'),
    cachedTokens: count('ailab_cached_tokens_total'),
    completionTokens: count('ailab_completion_tokens_total'),
    electricity: rangeOf(costs, 'electricity'),
    hardware: rangeOf(costs, 'hardware'),
    api: costs.get('api low') ?? null,
  };
}

function rangeOf(costs: Sums['costs'], number: string): Range | null {
  const high = costs.get(`${number} high`);
  return high === undefined ? null : { low: costs.get(`${number} low`) ?? 0, high };
}

/** Those that grew last; costs in others are left out, because nothing is converted. */
function currenciesOf(series: readonly GridSeries[]): {
  currency: string | null;
  apiCurrency: string | null;
} {
  const latest = (wanted: (number: string) => boolean) =>
    series
      .filter(({ labels }) => labels['__name__'] === COST && wanted(labels['number'] ?? ''))
      .toSorted((a, b) => Math.max(...b.values.keys(), 0) - Math.max(...a.values.keys(), 0))[0]?.labels[
      'currency'
    ] ?? null;
  return {
    currency: latest((number) => number !== 'api'),
    apiCurrency: latest((number) => number === 'api'),
  };
}

function isOfCurrency(
  { labels }: GridSeries,
  { currency, apiCurrency }: { currency: string | null; apiCurrency: string | null },
): boolean {
  if (labels['__name__'] !== COST) return true;
  return labels['currency'] === (labels['number'] === 'api' ? apiCurrency : currency);
}

function ms(buckets: Buckets, q: number): number | null {
  const seconds = quantile(buckets, q);
  return seconds === null ? null : seconds * 1000;
}

const UNKNOWN: MetricFigures = {
  requests: null,
  errors: null,
  latencyP50: null,
  latencyP95: null,
  latencyP99: null,
  ttftP50: null,
  ttftP95: null,
  ttftP99: null,
  tokensPerSecond: null,
  prefillTokensPerSecond: null,
  promptTokens: null,
  cachedTokens: null,
  completionTokens: null,
  electricity: null,
  hardware: null,
  api: null,
};

function servicesOf(ours: readonly GridSeries[], times: readonly number[]): PrometheusSeries['services'] {
  const of = (metric: string, service: string) => {
    const found = ours.find(({ labels }) => labels['__name__'] === metric && labels['service'] === service);
    return times.map((at) => found?.values.get(at) ?? null);
  };
  const names = new Set(ours.flatMap(({ labels: { service } }) => (service === undefined ? [] : [service])));
  return [...names].toSorted().map((name) => ({
    name,
    cores: of('ailab_service_cpu_cores', name),
    memoryBytes: of('ailab_service_memory_bytes', name),
  }));
}

const known = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined);
const maximum = (values: readonly (number | undefined)[]): number | undefined => {
  const there = known(values);
  return there.length === 0 ? undefined : Math.max(...there);
};
const sumKnown = (values: readonly (number | undefined)[]): number | null => {
  const there = known(values);
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0);
};
