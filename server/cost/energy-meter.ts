/** Shares the measured energy among the requests that run at the same time, in equal parts, from one change to the next. */
import type { EnergyCounter } from './rapl.ts';

export interface EnergyShare {
  /** Joules of this request so far, itself ended; null where nothing measures or a reading failed. */
  end(): number | null;
}

export function createEnergyMeter(counter: EnergyCounter | null): { begin(): EnergyShare } {
  const running = new Set<{ joules: number | null }>();
  let last: number | null = null;

  const settle = () => {
    const now = counter?.read() ?? null;
    for (const share of running) {
      if (now === null || last === null) share.joules = null;
      else if (share.joules !== null) share.joules += Math.max(0, now - last) / running.size;
    }
    last = now;
  };

  return {
    begin() {
      if (counter === null) return { end: () => null };
      const stop = counter.watch?.();
      settle();
      const share = { joules: 0 as number | null };
      running.add(share);
      return {
        end() {
          settle();
          running.delete(share);
          stop?.();
          return share.joules;
        },
      };
    },
  };
}
