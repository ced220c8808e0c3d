import { expect, it } from 'vitest';
import type { CostConfig } from '../schemas/cost-config.ts';
import { PRICES, type RequestCost } from '../schemas/cost.ts';
import { addCost, emptyCost, parseCost, type CostRow } from './cost-tally.ts';
import { summarizeCost } from './summary.ts';

const DAY = Date.parse('2026-11-22T00:00:00Z');
const config: CostConfig = { currency: 'EUR', idle_watts: 1, busy_watts: 2 };
const options = {
  from: DAY - 86_400_000,
  to: DAY + 86_400_000,
  inputs: { config, prices: PRICES, price: PRICES[0] ?? null },
  energySource: null,
  notMeasured: 'no RAPL',
};
const row = (at: number, cost: Partial<RequestCost> | null): CostRow & { at: number } => ({
  at,
  promptTokens: 100,
  completionTokens: 400,
  cost: cost && { currency: 'EUR', electricity: null, hardware: null, api: null, ...cost },
});
const tallies = (rows: readonly (CostRow & { at: number })[]) =>
  rows.map((row) => {
    const tally = emptyCost();
    addCost(tally, row.at, row, parseCost(row.cost));
    return { at: row.at, tally };
  });
const electricity = {
  low: 0.01,
  high: 0.03,
  source: 'estimate' as const,
  joules: { low: 3_600_000, high: 7_200_000 },
};

it('sums by number and by day, each per 1,000 tokens and per reply', () => {
  const api = { name: 'gpt-5-nano', date: '2025-09-05', currency: 'USD', amount: 0.5 };
  const summary = summarizeCost(
    tallies([row(DAY - 1, { electricity }), row(DAY, { electricity, api }), row(DAY + 1, null)]),
    options,
  );
  expect(summary.requests).toBe(3);
  expect(summary.electricity).toEqual({
    currency: 'EUR',
    priced: 2,
    total: { low: 0.02, high: 0.06 },
    perThousandTokens: { low: 0.02, high: 0.06 },
    perReply: { low: 0.01, high: 0.03 },
    kwh: { low: 2, high: 4 },
    sources: ['estimate'],
  });
  expect(summary.hardware).toBeNull();
  expect(summary.api).toMatchObject({ currency: 'USD', priced: 1, total: { low: 0.5, high: 0.5 } });
  expect(summary.days.map(({ day, requests, api: sum }) => [day, requests, sum])).toEqual([
    ['2026-11-21', 1, null],
    ['2026-11-22', 2, 0.5],
  ]);
  expect(summary.inputs).toMatchObject({ energySource: 'estimate', electricityPerKwh: null });
});

it('adds no currencies, and takes what is no cost for none', () => {
  const summary = summarizeCost(
    tallies([row(DAY, { electricity, currency: 'USD' }), { ...row(DAY, null), cost: { currency: 7 } }]),
    options,
  );
  expect(summary).toMatchObject({ requests: 2, electricity: null, hardware: null, api: null });
});
