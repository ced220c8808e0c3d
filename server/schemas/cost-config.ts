/** `cost` of `ai-lab.yaml`: what this machine costs. Each number of the cost meter needs its own part; without it, it is unknown. */
import * as z from 'zod';
import { line } from './line.ts';

let currencies: ReadonlySet<string> | undefined;

/** ISO 4217, as the platform knows it. */
function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(code);
}

const amount = z.number().min(0).max(1e9);
const currency = z.string().refine(isCurrency, 'It must be an ISO 4217 code in capitals, e.g. EUR.');

/** What a vendor asks for a million tokens, on a day. */
export const priceRow = z.strictObject({
  name: line(200),
  /** The day on which the price was read, as YYYY-MM-DD. */
  date: z.iso.date(),
  currency,
  input: amount,
  /** Of prompt tokens that the vendor takes from its cache; without it, as `input`. */
  cached_input: amount.optional(),
  output: amount,
});
export type PriceRow = z.infer<typeof priceRow>;

export const costConfig = z
  .strictObject({
    currency,
    /** Price of one kilowatt-hour, in the currency. */
    electricity_per_kwh: amount.optional(),
    idle_watts: amount.optional(),
    busy_watts: amount.optional(),
    hardware: z
      .strictObject({
        price: amount,
        years: z.number().min(0.1).max(100),
        hours_per_day: z.number().min(0.1).max(24).optional(),
      })
      .optional(),
    /** A row of the price table, to compare with. */
    api_price: line(200).optional(),
    /** Rows of the price table beside those that come with ailab-web; one of the same name wins. */
    prices: z.array(priceRow).max(200).optional(),
  })
  .refine(({ idle_watts: idle, busy_watts: busy }) => (busy ?? Infinity) >= (idle ?? 0), {
    path: ['busy_watts'],
    message: 'It must be idle_watts or more.',
  });
export type CostConfig = z.infer<typeof costConfig>;
