/** The sums of the requests of one stretch of time, to which one more can be added. */
import {
  addCost,
  emptyCost,
  parseCost,
  plusCost,
  type CostSum,
  type CostTally,
} from '../../cost/cost-tally.ts';
import type { MetricFigures } from '../../schemas/metrics.ts';
import { addValue, emptySpread, percentilesOf, plusSpread, type Spread } from './spread.ts';

export interface SeriesRow {
  startedAt: number;
  outcome: string;
  ttftMs: number | null;
  durationMs: number;
  promptTokens: number | null;
  cachedTokens: number | null;
  completionTokens: number | null;
  promptMs: number | null;
  generationMs: number | null;
  /** As the database holds it. */
  cost: unknown;
}

export interface Currencies {
  currency: string | null;
  apiCurrency: string | null;
}

export const NO_CURRENCY: Currencies = { currency: null, apiCurrency: null };

const SUMS = {
  requests: 0,
  errors: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  readTokens: 0,
  readMs: 0,
  timedTokens: 0,
  timedMs: 0,
};

export interface Tally {
  sums: typeof SUMS;
  /** Milliseconds, of the replies that succeeded; a refused request would only make them look fast. */
  latency: Spread;
  ttft: Spread;
  cost: CostTally;
}

export const emptyTally = (): Tally => ({
  sums: { ...SUMS },
  latency: emptySpread(),
  ttft: emptySpread(),
  cost: emptyCost(),
});

/** A request counts where it ended, as a counter's would. */
export const endOf = (row: SeriesRow): number => row.startedAt + row.durationMs;

/** `cost`: the row's, parsed. */
export function addRow(
  { sums, latency, ttft, cost: costs }: Tally,
  row: SeriesRow,
  cost = parseCost(row.cost),
): void {
  sums.requests += 1;
  if (row.outcome === 'error' || row.outcome === 'partial') sums.errors += 1;
  sums.promptTokens += row.promptTokens ?? 0;
  sums.cachedTokens += row.cachedTokens ?? 0;
  sums.completionTokens += row.completionTokens ?? 0;
  if (row.outcome === 'ok') {
    addValue(latency, row.durationMs);
    if (row.ttftMs !== null) addValue(ttft, row.ttftMs);
  }
  if (row.promptMs !== null && row.promptTokens !== null) {
    sums.readTokens += Math.max(0, row.promptTokens - (row.cachedTokens ?? 0));
    sums.readMs += row.promptMs;
  }
  if (row.generationMs !== null && row.generationMs > 0 && row.completionTokens !== null) {
    sums.timedTokens += row.completionTokens;
    sums.timedMs += row.generationMs;
  }
  addCost(costs, endOf(row), row, cost);
}

/** Adds `more` to `tally`. */
export function plusTally(tally: Tally, more: Tally): void {
  for (const key of Object.keys(SUMS) as (keyof typeof SUMS)[]) tally.sums[key] += more.sums[key];
  plusSpread(tally.latency, more.latency);
  plusSpread(tally.ttft, more.ttft);
  plusCost(tally.cost, more.cost);
}

/** Figures are told again as they were until one more is added. */
const told = new WeakMap<Tally, { requests: number; currencies: Currencies; figures: MetricFigures }>();

export function figuresOf(tally: Tally, currencies: Currencies): MetricFigures {
  const known = told.get(tally);
  const { currency, apiCurrency } = currencies;
  if (
    known?.requests === tally.sums.requests &&
    known.currencies.currency === currency &&
    known.currencies.apiCurrency === apiCurrency
  )
    return known.figures;
  const figures = count(tally, currencies);
  told.set(tally, { requests: tally.sums.requests, currencies, figures });
  return figures;
}

/** A copy: the sum goes on. */
const rangeOf = (sum: CostSum | undefined) => (sum === undefined ? null : { ...sum.total });

const perSecond = (tokens: number, ms: number) => (ms === 0 ? null : tokens / (ms / 1000));

function count({ sums, latency, ttft, cost }: Tally, { currency, apiCurrency }: Currencies): MetricFigures {
  const [latencyP50 = null, latencyP95 = null, latencyP99 = null] = percentilesOf(latency, [0.5, 0.95, 0.99]);
  const [ttftP50 = null, ttftP95 = null, ttftP99 = null] = percentilesOf(ttft, [0.5, 0.95, 0.99]);
  const { requests, errors, promptTokens, cachedTokens, completionTokens } = sums;
  return {
    requests,
    errors,
    latencyP50,
    latencyP95,
    latencyP99,
    ttftP50,
    ttftP95,
    ttftP99,
    tokensPerSecond: perSecond(sums.timedTokens, sums.timedMs),
    prefillTokensPerSecond: perSecond(sums.readTokens, sums.readMs),
    promptTokens,
    cachedTokens,
    completionTokens,
    electricity: rangeOf(cost.electricity.get(currency ?? '')),
    hardware: rangeOf(cost.hardware.get(currency ?? '')),
    api: cost.api.get(apiCurrency ?? '')?.total.low ?? null,
  };
}
