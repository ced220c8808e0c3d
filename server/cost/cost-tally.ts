/** What some requests cost, summed by number and by currency: never across either, and never converted. */
import type { Range, RequestCost } from '../schemas/cost.ts';
import { requestCost } from '../schemas/cost.ts';
import { plus } from './formulas.ts';

export interface CostRow {
  promptTokens: number | null;
  completionTokens: number | null;
  /** As the database holds it. */
  cost: unknown;
}

/** One number in one currency. */
export interface CostSum {
  /** Requests that have it. */
  priced: number;
  /** Tokens of those. */
  tokens: number;
  total: Range;
  /** Of electricity alone. */
  joules: Range;
  /** What measured it, or the names of the prices. */
  sources: Set<string>;
}

export interface CostTally {
  requests: number;
  electricity: Map<string, CostSum>;
  hardware: Map<string, CostSum>;
  api: Map<string, CostSum>;
  /** Of the latest request that has one. */
  currency: string | null;
  apiCurrency: string | null;
  currencyAt: number;
  apiCurrencyAt: number;
}

const NOTHING: Range = { low: 0, high: 0 };

export const emptyCost = (): CostTally => ({
  requests: 0,
  electricity: new Map(),
  hardware: new Map(),
  api: new Map(),
  currency: null,
  apiCurrency: null,
  currencyAt: -Infinity,
  apiCurrencyAt: -Infinity,
});

/** `at`: the request's time, epoch milliseconds. What is no cost counts as none. */
export function addCost(tally: CostTally, at: number, row: CostRow, cost: RequestCost | null): void {
  tally.requests += 1;
  if (cost === null) return;
  const { currency, electricity, hardware, api } = cost;
  const one = { priced: 1, tokens: (row.promptTokens ?? 0) + (row.completionTokens ?? 0) };
  const plain = { ...one, joules: NOTHING, sources: [] };
  if (electricity !== null) {
    const { joules, source } = electricity;
    addSum(tally.electricity, currency, { ...one, total: electricity, joules, sources: [source] });
  }
  if (hardware !== null) addSum(tally.hardware, currency, { ...plain, total: hardware });
  if (api !== null) {
    const total = { low: api.amount, high: api.amount };
    addSum(tally.api, api.currency, { ...plain, total, sources: [api.name] });
  }
  latest(tally, currency, at, api?.currency ?? null, at);
}

export function parseCost(cost: unknown): RequestCost | null {
  if (cost === null || cost === undefined) return null;
  const parsed = requestCost.safeParse(cost);
  return parsed.success ? parsed.data : null;
}

/** Adds `more` to `tally`. */
export function plusCost(tally: CostTally, more: CostTally): void {
  tally.requests += more.requests;
  for (const number of ['electricity', 'hardware', 'api'] as const)
    for (const [currency, sum] of more[number]) addSum(tally[number], currency, sum);
  latest(tally, more.currency, more.currencyAt, more.apiCurrency, more.apiCurrencyAt);
}

function addSum(
  sums: Map<string, CostSum>,
  currency: string,
  more: Omit<CostSum, 'sources'> & { sources: Iterable<string> },
): void {
  const sum = sums.get(currency) ?? {
    priced: 0,
    tokens: 0,
    total: NOTHING,
    joules: NOTHING,
    sources: new Set<string>(),
  };
  sums.set(currency, sum);
  sum.priced += more.priced;
  sum.tokens += more.tokens;
  sum.total = plus(sum.total, more.total);
  sum.joules = plus(sum.joules, more.joules);
  for (const source of more.sources) sum.sources.add(source);
}

function latest(
  tally: CostTally,
  currency: string | null,
  at: number,
  apiCurrency: string | null,
  apiAt: number,
): void {
  if (currency !== null && at >= tally.currencyAt) [tally.currency, tally.currencyAt] = [currency, at];
  if (apiCurrency !== null && apiAt >= tally.apiCurrencyAt)
    [tally.apiCurrency, tally.apiCurrencyAt] = [apiCurrency, apiAt];
}
