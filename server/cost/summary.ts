/** The ledger's costs over some days. Sums of what each request cost by the inputs of its time; in today's currency only. */
import type { CostFigure, CostSummary, MeasuredBy } from '../schemas/cost.ts';
import { ENERGY_SOURCES } from '../schemas/cost.ts';
import type { CostInputs } from './cost-meter.ts';
import { emptyCost, plusCost, type CostSum, type CostTally } from './cost-tally.ts';
import { kwhOf, scale } from './formulas.ts';

export interface SummaryOptions {
  from: number;
  to: number;
  inputs: CostInputs;
  energySource: MeasuredBy | null;
  notMeasured: string | null;
}

/** `tallies`: of short stretches of time that lie in one day each, with the beginning of each. */
export function summarizeCost(
  tallies: readonly { at: number; tally: CostTally }[],
  options: SummaryOptions,
): CostSummary {
  const { from, to, inputs } = options;
  const byDay = Map.groupBy(tallies, ({ at }) => new Date(at).toISOString().slice(0, 10));
  const all = sumOf(tallies);
  const currencies = currenciesOf(all, inputs);
  return {
    from,
    to,
    requests: all.requests,
    ...numbersOf(all, currencies),
    days: [...byDay]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, some]) => {
        const sum = sumOf(some);
        const { electricity, hardware, api } = numbersOf(sum, currencies);
        return {
          day,
          requests: sum.requests,
          electricity: electricity?.total ?? null,
          hardware: hardware?.total ?? null,
          api: api?.total.low ?? null,
        };
      }),
    inputs: inputsOf(options),
    prices: [...inputs.prices],
  };
}

function sumOf(tallies: readonly { tally: CostTally }[]): CostTally {
  const sum = emptyCost();
  for (const { tally } of tallies) plusCost(sum, tally);
  return sum;
}

interface Currencies {
  currency: string | null;
  apiCurrency: string | null;
}

/** Today's, as ai-lab.yaml says; else those of the latest request that has one. */
function currenciesOf(all: CostTally, { config, price }: CostInputs): Currencies {
  const currency = config?.currency ?? all.currency;
  return { currency, apiCurrency: price?.currency ?? all.apiCurrency };
}

function numbersOf(
  all: CostTally,
  { currency, apiCurrency }: Currencies,
): Pick<CostSummary, 'electricity' | 'hardware' | 'api'> {
  const ours = currency === null ? undefined : all.electricity.get(currency);
  const electricity = figureOf(all.electricity, currency);
  const api = figureOf(all.api, apiCurrency);
  return {
    electricity:
      electricity && ours
        ? {
            ...electricity,
            kwh: kwhOf(ours.joules),
            sources: ENERGY_SOURCES.filter((source) => ours.sources.has(source)),
          }
        : null,
    hardware: figureOf(all.hardware, currency),
    api: api && { ...api, names: [...(all.api.get(api.currency)?.sources ?? [])] },
  };
}

function figureOf(sums: ReadonlyMap<string, CostSum>, currency: string | null): CostFigure | null {
  const sum = currency === null ? undefined : sums.get(currency);
  if (currency === null || sum === undefined) return null;
  const { priced, tokens, total } = sum;
  return {
    currency,
    priced,
    total,
    perThousandTokens: tokens === 0 ? null : scale(total, 1000 / tokens),
    perReply: scale(total, 1 / priced),
  };
}

function inputsOf({ inputs, energySource, notMeasured }: SummaryOptions): CostSummary['inputs'] {
  const { config, price } = inputs;
  const { hardware } = config ?? {};
  const estimated = config?.idle_watts !== undefined && config.busy_watts !== undefined;
  return {
    currency: config?.currency ?? null,
    electricityPerKwh: config?.electricity_per_kwh ?? null,
    idleWatts: config?.idle_watts ?? null,
    busyWatts: config?.busy_watts ?? null,
    hardware:
      hardware === undefined
        ? null
        : { price: hardware.price, years: hardware.years, hoursPerDay: hardware.hours_per_day ?? null },
    api: price,
    unknownApi: price === null ? (config?.api_price ?? null) : null,
    energySource: energySource ?? (estimated ? 'estimate' : null),
    notMeasured,
  };
}
