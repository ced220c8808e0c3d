/** Prices requests as they end, by what `ai-lab.yaml` says at that moment. */
import { statSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import type { CostConfig, PriceRow } from '../schemas/cost-config.ts';
import { PRICES, type RequestCost } from '../schemas/cost.ts';
import type { LedgerRow } from '../schemas/metrics.ts';
import { createEnergyMeter, type EnergyShare } from './energy-meter.ts';
import { costOf } from './formulas.ts';
import { findRapl, type FoundCounter } from './rapl.ts';

export interface CostInputs {
  config: CostConfig | undefined;
  prices: readonly PriceRow[];
  /** The row that `api_price` names; null without one. */
  price: PriceRow | null;
}

export interface CostMeter {
  /** A request has begun at the runtime. */
  begin(): EnergyShare;
  price(row: LedgerRow, joules: number | null): RequestCost | null;
  inputs(): CostInputs;
  /** Why energy isn't measured here; null where it is. */
  notMeasured: string | null;
}

export function createCostMeter(configPath: string, found: FoundCounter = findRapl()): CostMeter {
  const energy = createEnergyMeter(found.counter);
  const inputs = rememberedInputs(configPath);
  return {
    begin: energy.begin,
    price(row, joules) {
      const { config, price } = inputs();
      return costOf({ ...row, busySeconds: busySeconds(row), joules }, config, price);
    },
    inputs,
    notMeasured: found.counter === null ? found.why : null,
  };
}

/** The runtime's own time where it told it, else the whole request's. Nothing for one that never reached it. */
export function busySeconds({ promptMs, generationMs, durationMs, status }: LedgerRow): number {
  if (promptMs !== null && generationMs !== null) return (promptMs + generationMs) / 1000;
  return status >= 400 && status !== 499 ? 0 : durationMs / 1000;
}

/** Read again when the file has changed; asked at every request, so no more than a look at its times. */
function rememberedInputs(path: string): () => CostInputs {
  let mark = '';
  let known: CostInputs = toInputs(undefined);
  return () => {
    const now = markOf(path);
    if (now !== mark) {
      mark = now;
      known = toInputs(loadConfig(path).values.cost);
    }
    return known;
  };
}

function markOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

function toInputs(config: CostConfig | undefined): CostInputs {
  const own = config?.prices ?? [];
  const prices = [...own, ...PRICES.filter(({ name }) => !own.some((row) => row.name === name))];
  return { config, prices, price: prices.find(({ name }) => name === config?.api_price) ?? null };
}
