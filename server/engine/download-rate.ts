/** How fast the network was when something was downloaded last, measured over that whole download. */
import * as z from 'zod';
import type { Db } from '../../db/client.ts';
import { readSetting, writeSetting } from '../../db/queries/settings.ts';
import type { Run } from './orchestrator.ts';
import type { Progress } from './resource.ts';

export interface DownloadRate {
  /** Bytes per second and when; null before the first. */
  last(): MeasuredRate | null;
  /** The same run, its steps' downloads measured. */
  measured(run: Run): Run;
}

const measuredRate = z.object({ rate: z.number().positive(), at: z.number() });
export type MeasuredRate = z.infer<typeof measuredRate>;

const KEY = 'download-rate';
/** Less tells more about the first packets than about the network; many bytes tell enough, however quickly they came. */
const LEAST_MS = 500;
const LEAST_BYTES = 1_000_000;
const ENOUGH_BYTES = 20_000_000;

export function createDownloadRate(db: Db): DownloadRate {
  return {
    last() {
      const parsed = measuredRate.safeParse(readSetting(db, KEY));
      return parsed.success ? parsed.data : null;
    },
    measured: (run) => ({
      ...run,
      step: (name, title, work) =>
        run.step(name, title, async (report, mark) => {
          const meter = createMeter();
          const tell = (progress: Progress) => {
            meter.feed(progress);
            report(progress);
          };
          try {
            return await work(tell, mark);
          } finally {
            const rate = meter.rate();
            if (rate !== null) writeSetting(db, KEY, { rate, at: Date.now() } satisfies MeasuredRate);
          }
        }),
    }),
  };
}

/** From the first byte to the last of all that came over the network; another file goes on where the last one ended. */
export function createMeter(now: () => number = () => performance.now()) {
  let bytes = 0;
  let ms = 0;
  let before: { at: number; done: number } | undefined;
  return {
    feed({ network, done = 0 }: Progress): void {
      const at = now();
      if (network === true && before !== undefined && done > before.done) {
        bytes += done - before.done;
        ms += at - before.at;
      }
      before = network === true && done > 0 ? { at, done } : undefined;
    },
    /** Bytes per second; null when too little has come to tell. */
    rate(): number | null {
      const told = bytes >= ENOUGH_BYTES || (ms >= LEAST_MS && bytes >= LEAST_BYTES);
      return told && ms > 0 ? bytes / (ms / 1000) : null;
    },
  };
}
