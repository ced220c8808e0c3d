/** What measures the lab's energy: the CPU, and the GPU where the lab uses it. Both add up; one that is silent leaves none. */
import type { MeasuredBy } from '../schemas/cost.ts';
import type { EnergyCounter, FoundCounter } from './rapl.ts';

export interface LabCounter extends EnergyCounter {
  /** By what, where it is measured. */
  measuredBy(): MeasuredBy;
  /** Why nothing does; null where something does. */
  notMeasured(): string | null;
}

export interface CounterParts {
  rapl: FoundCounter;
  gpu: EnergyCounter & { why(): string | null };
  /** Profile `gpu`: its work is the GPU's, and the CPU's energy alone would be too little. */
  gpuInUse(): boolean;
}

export function createLabCounter({ rapl, gpu, gpuInUse }: CounterParts): LabCounter {
  const cpu = rapl.counter;
  let used: boolean | null = null;
  const notMeasured = () => (gpuInUse() ? gpu.why() : cpu === null && 'why' in rapl ? rapl.why : null);
  return {
    watch: () => (gpuInUse() ? gpu.watch?.() : undefined) ?? (() => undefined),
    read() {
      const before = used;
      used = gpuInUse();
      // Two sums of different things have no difference.
      if (before !== null && before !== used) return null;
      const joules = cpu?.read() ?? null;
      if (!used) return joules;
      const more = gpu.read();
      if (more === null) return null;
      return cpu === null ? more : joules === null ? null : joules + more;
    },
    notMeasured,
    measuredBy: () => (gpuInUse() ? (cpu === null ? 'nvidia-smi' : 'rapl+nvidia-smi') : 'rapl'),
  };
}
