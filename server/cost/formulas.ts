/**
 * The formulas of the cost meter. Sources: electricity and write-off are arithmetic; the split of a vendor's price into
 * input, cached input and output is that of LiteLLM's cost map (model_prices_and_context_window.json). Amounts are in
 * the currency of their inputs; nothing is converted, and nothing is rounded before it is shown.
 */
import type { CostConfig, PriceRow } from '../schemas/cost-config.ts';
import type { MeasuredBy, Range, RequestCost } from '../schemas/cost.ts';

const JOULES_PER_KWH = 3_600_000;
const SECONDS_PER_YEAR = 365 * 24 * 3600;

/** What is known of a request. `joules`: measured while it ran, its share; null where nothing measures. */
export interface Work {
  /** Seconds in which the runtime worked for it. */
  busySeconds: number;
  promptTokens: number | null;
  /** Of the prompt's tokens, those that came from the cache. */
  cachedTokens: number | null;
  completionTokens: number | null;
  joules: number | null;
  /** What measured them; RAPL unless told. */
  measuredBy?: MeasuredBy | undefined;
}

/** kWh = J / 3,600,000. */
export const kwhOf = ({ low, high }: Range): Range => ({
  low: low / JOULES_PER_KWH,
  high: high / JOULES_PER_KWH,
});

/**
 * Energy of a request in joules. Measured: as it is. Estimated from watts × seconds of work: at least what the work adds
 * to an idle machine, (busy − idle) × s; at most all the machine takes meanwhile, busy × s. Null without inputs.
 */
export function energyOf(
  { busySeconds, joules, measuredBy = 'rapl' }: Pick<Work, 'busySeconds' | 'joules' | 'measuredBy'>,
  { idle_watts: idle, busy_watts: busy }: Pick<CostConfig, 'idle_watts' | 'busy_watts'>,
): { joules: Range; source: MeasuredBy | 'estimate' } | null {
  if (joules !== null) return { joules: { low: joules, high: joules }, source: measuredBy };
  if (idle === undefined || busy === undefined) return null;
  return { joules: { low: (busy - idle) * busySeconds, high: busy * busySeconds }, source: 'estimate' };
}

/**
 * Write-off of the machine for the seconds of work: price / (years × 365 × 86,400 s) × s when its price is spread over
 * every hour of its life; × 24 / hours_per_day when over the hours in which it is used.
 */
export function hardwareOf(busySeconds: number, hardware: CostConfig['hardware']): Range | null {
  if (hardware === undefined) return null;
  const low = (hardware.price / (hardware.years * SECONDS_PER_YEAR)) * busySeconds;
  return { low, high: low * (24 / (hardware.hours_per_day ?? 24)) };
}

/** (P − C) × input + C × cached input + O × output, at prices of a million tokens. Null where tokens weren't counted. */
export function apiOf(
  {
    promptTokens,
    cachedTokens,
    completionTokens,
  }: Pick<Work, 'promptTokens' | 'cachedTokens' | 'completionTokens'>,
  { input, cached_input: cachedInput = input, output }: PriceRow,
): number | null {
  if (promptTokens === null && completionTokens === null) return null;
  const cached = Math.min(cachedTokens ?? 0, promptTokens ?? 0);
  const fresh = (promptTokens ?? 0) - cached;
  return (fresh * input + cached * cachedInput + (completionTokens ?? 0) * output) / 1_000_000;
}

/** All three; null where the file says nothing of cost. */
export function costOf(
  work: Work,
  config: CostConfig | undefined,
  price: PriceRow | null,
): RequestCost | null {
  if (config === undefined) return null;
  const energy = energyOf(work, config);
  const tariff = config.electricity_per_kwh;
  const api = price === null ? null : apiOf(work, price);
  return {
    currency: config.currency,
    electricity:
      energy === null || tariff === undefined ? null : { ...scale(kwhOf(energy.joules), tariff), ...energy },
    hardware: hardwareOf(work.busySeconds, config.hardware),
    api:
      price === null || api === null
        ? null
        : { name: price.name, date: price.date, currency: price.currency, amount: api },
  };
}

export function scale({ low, high }: Range, by: number): Range {
  return { low: low * by, high: high * by };
}

export function plus(a: Range, b: Range): Range {
  return { low: a.low + b.low, high: a.high + b.high };
}
