/** Prices requests as they end, by what `ai-lab.yaml` says at that moment. */
import { statSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import type { CostConfig, PriceRow } from '../schemas/cost-config.ts';
import { PRICES, type MeasuredBy, type RequestCost } from '../schemas/cost.ts';
import type { LedgerRow } from '../schemas/metrics.ts';
import { createEnergyMeter, type EnergyShare } from './energy-meter.ts';
import { createLabCounter } from './energy-counter.ts';
import { costOf } from './formulas.ts';
import { createGpuPower, readGpuPower } from './gpu-power.ts';
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
  /** What measures now, and why nothing does; one of them is null. */
  energySource(): MeasuredBy | null;
  notMeasured(): string | null;
}

export interface CostMeterOptions {
  /** `ai-lab.yaml`. */
  configPath: string;
  env: NodeJS.ProcessEnv;
  gpuInUse(): boolean;
  /** For tests. */
  rapl?: FoundCounter;
}

export function createCostMeter({
  configPath,
  env,
  gpuInUse,
  rapl = findRapl(),
}: CostMeterOptions): CostMeter {
  const gpu = createGpuPower({ query: () => readGpuPower(env) });
  const counter = createLabCounter({ rapl, gpu, gpuInUse });
  const energy = createEnergyMeter(counter);
  const inputs = rememberedInputs(configPath);
  return {
    begin: energy.begin,
    price(row, joules) {
      const { config, price } = inputs();
      return costOf(
        { ...row, busySeconds: busySeconds(row), joules, measuredBy: counter.measuredBy() },
        config,
        price,
      );
    },
    inputs,
    energySource: () => (counter.notMeasured() === null ? counter.measuredBy() : null),
    notMeasured: counter.notMeasured,
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
