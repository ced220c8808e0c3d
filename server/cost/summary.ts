/** The ledger's costs over some days. Sums of what each request cost by the inputs of its time; in today's currency only. */
import type { CostFigure, CostSummary, MeasuredBy, Range, RequestCost } from '../schemas/cost.ts';
import { ENERGY_SOURCES, requestCost } from '../schemas/cost.ts';
import type { CostInputs } from './cost-meter.ts';
import { kwhOf, plus, scale } from './formulas.ts';

export interface CostRow {
  startedAt: number;
  promptTokens: number | null;
  completionTokens: number | null;
  /** As the database holds it. */
  cost: unknown;
}

const NOTHING: Range = { low: 0, high: 0 };

export interface SummaryOptions {
  from: number;
  to: number;
  inputs: CostInputs;
  energySource: MeasuredBy | null;
  notMeasured: string | null;
}

export function summarizeCost(rows: readonly CostRow[], options: SummaryOptions): CostSummary {
  const { from, to, inputs } = options;
  const all = rows.map((row) => ({ ...row, cost: parseCost(row.cost) }));
  const byDay = Map.groupBy(all, ({ startedAt }) => new Date(startedAt).toISOString().slice(0, 10));
  return {
    from,
    to,
    requests: rows.length,
    ...numbersOf(all, inputs),
    days: [...byDay].toSorted().map(([day, some]) => {
      const { electricity, hardware, api } = numbersOf(some, inputs);
      return {
        day,
        requests: some.length,
        electricity: electricity?.total ?? null,
        hardware: hardware?.total ?? null,
        api: api?.total.low ?? null,
      };
    }),
    inputs: inputsOf(options),
    prices: [...inputs.prices],
  };
}

type Parsed = Omit<CostRow, 'cost'> & { cost: RequestCost | null };

function numbersOf(
  rows: readonly Parsed[],
  { config, price }: CostInputs,
): Pick<CostSummary, 'electricity' | 'hardware' | 'api'> {
  const currency = config?.currency ?? rows.findLast(({ cost }) => cost !== null)?.cost?.currency;
  if (currency === undefined) return { electricity: null, hardware: null, api: null };
  const ours = rows.filter(({ cost }) => cost?.currency === currency);
  const powered = ours.filter(({ cost }) => cost?.electricity);
  const electricity = figure(powered, currency, ({ cost }) => cost?.electricity ?? null);
  const joules = powered.reduce((sum, { cost }) => plus(sum, cost?.electricity?.joules ?? NOTHING), NOTHING);
  const apiCurrency = price?.currency ?? rows.findLast(({ cost }) => cost?.api)?.cost?.api?.currency;
  const compared = rows.filter(({ cost }) => cost?.api && cost.api.currency === apiCurrency);
  const api = figure(compared, apiCurrency ?? currency, ({ cost }) => {
    const amount = cost?.api?.amount;
    return amount === undefined ? null : { low: amount, high: amount };
  });
  return {
    electricity: electricity && {
      ...electricity,
      kwh: kwhOf(joules),
      sources: ENERGY_SOURCES.filter((source) =>
        powered.some(({ cost }) => cost?.electricity?.source === source),
      ),
    },
    hardware: figure(ours, currency, ({ cost }) => cost?.hardware ?? null),
    api: api && {
      ...api,
      names: [...new Set(compared.flatMap(({ cost }) => (cost?.api ? [cost.api.name] : [])))],
    },
  };
}

function figure(
  rows: readonly Parsed[],
  currency: string,
  of: (row: Parsed) => Range | null,
): CostFigure | null {
  const priced = rows.flatMap((row) => {
    const range = of(row);
    return range === null ? [] : [{ row, range }];
  });
  if (priced.length === 0) return null;
  const total = priced.reduce((sum, { range }) => plus(sum, range), NOTHING);
  const tokens = priced.reduce(
    (sum, { row }) => sum + (row.promptTokens ?? 0) + (row.completionTokens ?? 0),
    0,
  );
  return {
    currency,
    priced: priced.length,
    total,
    perThousandTokens: tokens === 0 ? null : scale(total, 1000 / tokens),
    perReply: scale(total, 1 / priced.length),
  };
}

function parseCost(value: unknown): RequestCost | null {
  const parsed = requestCost.safeParse(value);
  return parsed.success ? parsed.data : null;
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
