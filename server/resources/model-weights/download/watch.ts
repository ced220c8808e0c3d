/** What has come, measured on the disk: the one measure that holds whoever downloads, and that no program can gloss over. */
import type { Progress } from '../../../engine/resource.ts';
import { formatDuration, formatMoment } from '../../../schemas/format.ts';

export interface WatchOptions {
  /** Bytes that are to lie there at the end. */
  total: number;
  /** Bytes that lie there now. */
  measure(): Promise<number>;
  /** E.g. `Downloading x.gguf with hf`. */
  message: string;
  report(progress: Progress): void;
  everyMs: number;
  /** Milliseconds without a byte after which that is said. */
  stallMs: number;
  /** How who downloads writes, where that matters, e.g. `hf writes 10 MB at a time`. */
  note?: string | undefined;
  /** Runs before each look. */
  before?: (() => Promise<void>) | undefined;
}

/** Reports until it is stopped. */
export function watchBytes(options: WatchOptions): { stop(): void } {
  const { total, message, report, everyMs, stallMs } = options;
  let stopped = false;
  let timer: NodeJS.Timeout;
  let most = -1;
  let last = Date.now();
  let since = performance.now();
  const look = async () => {
    await options.before?.();
    const done = await options.measure();
    if (stopped) return;
    const moved = done !== most;
    if (moved) {
      since = performance.now();
      last = Date.now();
    }
    most = done;
    const quietMs = performance.now() - since;
    const quiet = quietMs >= stallMs;
    const words = quiet ? stalled(quietMs, last, options.note) : message;
    // Where bytes come in large pieces, a rate is true only from piece to piece.
    if (moved || quiet) report({ message: words, done, total, unit: 'bytes', network: true });
    timer = setTimeout(tick, everyMs);
  };
  const tick = () => void look().catch(() => undefined);
  timer = setTimeout(tick, 0);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function stalled(quietMs: number, last: number, note: string | undefined): string {
  const [time, at] = [formatDuration(quietMs), formatMoment(last, Date.now())];
  return note === undefined
    ? `No byte for ${time}, the last came at ${at}; still trying`
    : `Nothing written for ${time}, the last at ${at}; still trying (${note})`;
}
