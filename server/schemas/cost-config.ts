/** `cost` of `ai-lab.yaml`: what an hour of this machine costs. Without it nothing is priced. */
import { z } from 'zod';
import { line } from './line.ts';

let currencies: ReadonlySet<string> | undefined;

/** ISO 4217, as the platform knows it. */
function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(code);
}

const amount = z.number().min(0).max(1e9);

export const costConfig = z
  .strictObject({
    currency: z.string().refine(isCurrency, 'It must be an ISO 4217 code in capitals, e.g. EUR.'),
    /** Price of one kilowatt-hour, in the currency. */
    electricity_per_kwh: amount,
    idle_watts: amount,
    busy_watts: amount,
    hardware: z.strictObject({ price: amount, years: z.number().min(0.1).max(100) }).optional(),
    /** A row of the price table, to compare with. */
    api_price: line(200).optional(),
  })
  .refine(({ idle_watts, busy_watts }) => busy_watts >= idle_watts, {
    path: ['busy_watts'],
    message: 'It must be idle_watts or more.',
  });
export type CostConfig = z.infer<typeof costConfig>;
