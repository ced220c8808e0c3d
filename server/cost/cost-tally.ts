/** What some requests cost, summed by number and by currency: never across either, and never converted. */
import type { Range, RequestCost } from '../schemas/cost.ts';
import { requestCost } from '../schemas/cost.ts';

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
  const tokens = (row.promptTokens ?? 0) + (row.completionTokens ?? 0);
  if (electricity !== null) {
    const sum = sumIn(tally.electricity, currency);
    addOne(sum, tokens, electricity);
    addRange(sum.joules, electricity.joules);
    sum.sources.add(electricity.source);
  }
  if (hardware !== null) addOne(sumIn(tally.hardware, currency), tokens, hardware);
  if (api !== null) {
    const sum = sumIn(tally.api, api.currency);
    addOne(sum, tokens, { low: api.amount, high: api.amount });
    sum.sources.add(api.name);
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
    for (const [currency, { priced, tokens, total, joules, sources }] of more[number]) {
      const sum = sumIn(tally[number], currency);
      sum.priced += priced;
      sum.tokens += tokens;
      addRange(sum.total, total);
      addRange(sum.joules, joules);
      for (const source of sources) sum.sources.add(source);
    }
  latest(tally, more.currency, more.currencyAt, more.apiCurrency, more.apiCurrencyAt);
}

function sumIn(sums: Map<string, CostSum>, currency: string): CostSum {
  const known = sums.get(currency);
  if (known !== undefined) return known;
  const total = { low: 0, high: 0 };
  const sum = { priced: 0, tokens: 0, total, joules: { low: 0, high: 0 }, sources: new Set<string>() };
  sums.set(currency, sum);
  return sum;
}

function addOne(sum: CostSum, tokens: number, total: Range): void {
  sum.priced += 1;
  sum.tokens += tokens;
  addRange(sum.total, total);
}

/** In place: a million requests make no million ranges. */
function addRange(sum: Range, { low, high }: Range): void {
  sum.low += low;
  sum.high += high;
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
