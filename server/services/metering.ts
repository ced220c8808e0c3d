/** One ended request, told everywhere it counts: priced, into the ledger, into the instruments. */
import type { CostMeter } from '../cost/cost-meter.ts';
import type { Instruments } from '../instruments/instruments.ts';
import type { ChunkGaps } from '../lib/chunk-gaps.ts';
import type { LedgerRow } from '../schemas/metrics.ts';
import type { Ledger } from './ledger.ts';

export interface Metering {
  /** A request has come to the runtime; call the answer when it has left it, for the joules of its share. */
  begin(): () => number | null;
  /** `gaps`: between the chunks of a streamed reply; null where nothing streamed. */
  record(row: LedgerRow, gaps: ChunkGaps | null, joules: number | null): void;
}

export interface MeteringParts {
  ledger: Pick<Ledger, 'record'>;
  instruments: Instruments;
  cost: CostMeter;
  /** SHA-256 of the lock in force. */
  lockSha256(): string | null;
}

export function createMetering({ ledger, instruments, cost, lockSha256 }: MeteringParts): Metering {
  return {
    begin() {
      instruments.running(1);
      const share = cost.begin();
      return () => {
        instruments.running(-1);
        return share.end();
      };
    },
    record(row, gaps, joules) {
      const whole = { ...row, lockSha256: lockSha256(), cost: cost.price(row, joules) };
      ledger.record(whole);
      instruments.request(whole, gaps);
    },
  };
}
