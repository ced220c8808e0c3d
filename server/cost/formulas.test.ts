import { describe, expect, it } from 'vitest';
import type { CostConfig, PriceRow } from '../schemas/cost-config.ts';
import { costOf, type Work } from './formulas.ts';

const MINI: PriceRow = {
  name: 'mini',
  date: '2025-09-05',
  currency: 'USD',
  input: 0.25,
  cached_input: 0.025,
  output: 2,
};
const work = (change: Partial<Work>): Work => ({
  busySeconds: 0,
  promptTokens: null,
  cachedTokens: null,
  completionTokens: null,
  joules: null,
  ...change,
});
const cents = (amount: number | undefined) => Math.round((amount ?? NaN) * 100) / 100;

describe('hand-computed cases', () => {
  it('a laptop that works for an hour', () => {
    // (45 − 15) W × 1 h = 0.030 kWh × 0.30 = 0.009; 45 W × 1 h = 0.045 kWh × 0.30 = 0.0135. 1200 / (4 × 8760 h) = 0.03425 an hour.
    const laptop: CostConfig = {
      currency: 'EUR',
      electricity_per_kwh: 0.3,
      idle_watts: 15,
      busy_watts: 45,
      hardware: { price: 1200, years: 4 },
    };
    const cost = costOf(work({ busySeconds: 3600 }), laptop, null);
    expect(cost?.electricity).toMatchObject({ source: 'estimate', joules: { low: 108_000, high: 162_000 } });
    expect(cost?.electricity?.low).toBeCloseTo(0.009, 10);
    expect(cost?.electricity?.high).toBeCloseTo(0.0135, 10);
    expect(cost?.hardware?.low).toBeCloseTo(1200 / 35_040, 10);
    expect(cost?.hardware?.high).toBe(cost?.hardware?.low);
    expect(cost?.api).toBeNull();
  });

  it('a workstation that works for a hundred hours, measured, in use eight hours a day', () => {
    // 200 W × 100 h = 72 MJ = 20 kWh × 0.25 = 5.00. 5000 / (5 × 8760 h) × 100 h = 11.42, × 24/8 = 34.25.
    const station: CostConfig = {
      currency: 'USD',
      electricity_per_kwh: 0.25,
      hardware: { price: 5000, years: 5, hours_per_day: 8 },
    };
    const cost = costOf(work({ busySeconds: 360_000, joules: 72_000_000 }), station, null);
    expect(cost?.electricity).toMatchObject({ source: 'rapl', low: 5, high: 5 });
    expect([cents(cost?.hardware?.low), cents(cost?.hardware?.high)]).toEqual([11.42, 34.25]);
  });

  it('the same tokens at an API', () => {
    // 1,000,000 fresh × 0.25 + 3,000,000 cached × 0.025 + 2,000,000 out × 2 = 0.25 + 0.075 + 4 = 4.325.
    const tokens = { promptTokens: 4_000_000, cachedTokens: 3_000_000, completionTokens: 2_000_000 };
    const at = (price: PriceRow) => costOf(work(tokens), { currency: 'EUR' }, price);
    expect(at(MINI)?.api).toEqual({ name: 'mini', date: '2025-09-05', currency: 'USD', amount: 4.325 });
    // Without a price of their own, cached tokens cost what fresh ones do: 1 + 4 = 5.
    const { cached_input: _none, ...plain } = MINI;
    expect(at(plain)?.api?.amount).toBe(5);
  });

  it('without inputs, each number is unknown, and none is nothing', () => {
    const done = work({ busySeconds: 10, completionTokens: 5 });
    expect(costOf(done, undefined, MINI)).toBeNull();
    const watts = { idle_watts: 10, busy_watts: 20 };
    expect(costOf(done, { currency: 'EUR', ...watts }, null)).toMatchObject({
      electricity: null,
      hardware: null,
      api: null,
    });
    expect(costOf(done, { currency: 'EUR', electricity_per_kwh: 1 }, null)?.electricity).toBeNull();
    expect(costOf(work({}), { currency: 'EUR' }, MINI)?.api).toBeNull();
  });
});
