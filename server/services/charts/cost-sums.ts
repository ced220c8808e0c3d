/** What the requests of a bucket cost, summed by number and never across currencies. */
import { plus } from '../../cost/formulas.ts';
import { requestCost, type Range, type RequestCost } from '../../schemas/cost.ts';
import type { MetricFigures } from '../../schemas/metrics.ts';

export interface Currencies {
  currency: string | null;
  apiCurrency: string | null;
}

export const NO_CURRENCY: Currencies = { currency: null, apiCurrency: null };

interface Priced {
  cost: unknown;
}

/** Those of the latest request that has one. */
export function currenciesOf(rows: readonly Priced[]): Currencies {
  const latest = (pick: (cost: RequestCost) => string | undefined) =>
    rows.reduceRight<string | null>((found, row) => found ?? pickFrom(row, pick), null);
  return {
    currency: latest((cost) => cost.currency),
    apiCurrency: latest((cost) => cost.api?.currency),
  };
}

export function costsOf(
  rows: readonly Priced[],
  { currency, apiCurrency }: Currencies,
): Pick<MetricFigures, 'electricity' | 'hardware' | 'api'> {
  let electricity: Range | null = null;
  let hardware: Range | null = null;
  let api: number | null = null;
  for (const row of rows) {
    const cost = parse(row);
    if (cost === null) continue;
    if (cost.currency === currency) {
      electricity = add(electricity, cost.electricity);
      hardware = add(hardware, cost.hardware);
    }
    if (cost.api !== null && cost.api.currency === apiCurrency) api = (api ?? 0) + cost.api.amount;
  }
  return { electricity, hardware, api };
}

function add(sum: Range | null, more: Range | null): Range | null {
  if (more === null) return sum;
  return sum === null ? { low: more.low, high: more.high } : plus(sum, more);
}

function pickFrom(row: Priced, pick: (cost: RequestCost) => string | undefined): string | null {
  const cost = parse(row);
  return cost === null ? null : (pick(cost) ?? null);
}

function parse({ cost }: Priced): RequestCost | null {
  if (cost === null) return null;
  const parsed = requestCost.safeParse(cost);
  return parsed.success ? parsed.data : null;
}
