/** The cost meter's three numbers, which are never added: electricity, hardware, and what an API would ask. */
import * as z from 'zod';
import { priceRow, type PriceRow } from './cost-config.ts';

/** Between these two; equal where it was measured. */
export const range = z.object({ low: z.number(), high: z.number() });
export type Range = z.infer<typeof range>;

/** What measures; `nvidia-smi` alone: the GPU, where the CPU tells nothing. */
export const MEASURED_BY = ['rapl', 'nvidia-smi', 'rapl+nvidia-smi'] as const;
export type MeasuredBy = (typeof MEASURED_BY)[number];
export const ENERGY_SOURCES = [...MEASURED_BY, 'estimate'] as const;

/** What one request cost, by the inputs of its time. A part without inputs is null: unknown, not nothing. */
export const requestCost = z.object({
  /** Of electricity and hardware. */
  currency: z.string(),
  electricity: range.extend({ source: z.enum(ENERGY_SOURCES), joules: range }).nullable(),
  hardware: range.nullable(),
  api: z.object({ name: z.string(), date: z.string(), currency: z.string(), amount: z.number() }).nullable(),
});
export type RequestCost = z.infer<typeof requestCost>;

export const costInput = z.strictObject({ days: z.number().int().min(1).max(31).default(1) });

/** A number over some requests: its sum, per 1,000 tokens and per day; null while no request has it. */
const figure = z.object({
  currency: z.string(),
  /** Requests that have this number, of all in the time. */
  priced: z.number(),
  total: range,
  perThousandTokens: range.nullable(),
  perReply: range,
});
export type CostFigure = z.infer<typeof figure>;

export const costSummary = z.object({
  /** Epoch milliseconds. */
  from: z.number(),
  to: z.number(),
  requests: z.number(),
  electricity: figure.extend({ kwh: range, sources: z.array(z.enum(ENERGY_SOURCES)) }).nullable(),
  hardware: figure.nullable(),
  api: figure.extend({ names: z.array(z.string()) }).nullable(),
  /** Per day of the browser's calendar would depend on who looks: days are UTC. `day`: YYYY-MM-DD. */
  days: z.array(
    z.object({
      day: z.string(),
      requests: z.number(),
      electricity: range.nullable(),
      hardware: range.nullable(),
      api: z.number().nullable(),
    }),
  ),
  /** What the numbers are made of, as ai-lab.yaml says it now. */
  inputs: z.object({
    currency: z.string().nullable(),
    electricityPerKwh: z.number().nullable(),
    idleWatts: z.number().nullable(),
    busyWatts: z.number().nullable(),
    hardware: z
      .object({ price: z.number(), years: z.number(), hoursPerDay: z.number().nullable() })
      .nullable(),
    api: priceRow.nullable(),
    /** The name asked for, where no row has it. */
    unknownApi: z.string().nullable(),
    energySource: z.enum(ENERGY_SOURCES).nullable(),
    /** Why energy isn't measured here, in words; null where it is. */
    notMeasured: z.string().nullable(),
  }),
  prices: z.array(priceRow),
});
export type CostSummary = z.infer<typeof costSummary>;

/**
 * Prices of a million tokens. From the table of tokencost (github.com/AgentOps-AI/tokencost, MIT) as it stood on the date;
 * prices change, so the date is part of every comparison.
 */
export const PRICES: readonly PriceRow[] = (
  [
    ['gpt-5-nano', 0.05, 0.4],
    ['gpt-5-mini', 0.25, 2],
    ['gpt-4o-mini', 0.15, 0.6],
    ['gemini-2.5-flash-lite', 0.1, 0.4],
    ['deepinfra Llama-3.2-3B', 0.012, 0.024],
    ['deepinfra Qwen3-14B', 0.06, 0.24],
    ['groq llama-3.1-8b-instant', 0.05, 0.08],
  ] as const
).map(([name, input, output]) => ({ name, date: '2025-09-05', currency: 'USD', input, output }));
