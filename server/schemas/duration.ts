/** Durations as Go's `time.ParseDuration` reads them: `10m`, `1h30m`, `1.5s`, `250ms`. */

const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, the micro sign
  μs: 1e-3, // U+03BC, the Greek letter
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const WHOLE = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PARTS = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
/** An int64 of nanoseconds, where Go ends: about 292 years. */
const MAX_MS = 2 ** 63 / 1e6;

/** Milliseconds; undefined for text that Go refuses too. `0` needs no unit. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!WHOLE.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(PARTS))
    ms += Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  if (ms >= MAX_MS) return undefined;
  return text.startsWith('-') ? -ms : ms;
}
