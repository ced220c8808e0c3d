/** Numbers as people read them, always with their unit. Decimal bytes, one space between figure and unit. */

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes with three figures at most, e.g. `94.1 MB`, `105 MB`, `1.28 GB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return 'unknown size';
  let value = bytes;
  let unit = 0;
  // 999.5 would be printed as 1000: it belongs to the next unit already.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${trimZeros(value.toFixed(digits))} ${BYTE_UNITS[unit]}`;
}

export function formatByteRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A length of time in milliseconds: `350 ms`, `2.4 s`, `24 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown';
  const value = Math.max(0, ms);
  if (value < 999.5) return `${Math.round(value)} ms`;
  if (value < 9950) return `${trimZeros((value / 1000).toFixed(value < 995 ? 2 : 1))} s`;
  const seconds = Math.round(value / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A length of time in one short unit, for an axis: `0`, `350 ms`, `1.5 s`, `75 s`, `12 min`. */
export function formatAxisDuration(ms: number): string {
  if (ms === 0) return '0';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${formatFigure(ms / 1000)} s`;
  return ms < 7_200_000 ? `${formatFigure(ms / 60_000)} min` : `${formatFigure(ms / 3_600_000)} h`;
}

/** Time left, in seconds, never finer than a second: it is an estimate. */
export function formatTimeLeft(seconds: number): string {
  return `${formatDuration(Math.max(1, Math.round(seconds)) * 1000)} left`;
}

/** The figure alone: whole from 10 up, one decimal below. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return 'unknown';
  return Math.abs(value) >= 9.95 ? formatCount(value) : trimZeros(value.toFixed(1));
}

export function formatSpeed(tokensPerSecond: number): string {
  return `${formatFigure(tokensPerSecond)} tokens/s`;
}

/** Whole, with a comma at each thousand. */
export function formatCount(value: number): string {
  return value.toFixed(0).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

export function formatTokens(value: number): string {
  return plural(value, 'token');
}

/** `1 request`, `1,204 requests`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

const PARAMETER_UNITS = [
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** How many parameters a model has: `135 M`, `1.7 B`. */
export function formatParameters(count: number): string {
  const [size, unit] = PARAMETER_UNITS.find(([least]) => count >= least) ?? [1, ''];
  return `${formatFigure(count / size)} ${unit}`.trim();
}

// As `Intl` has it for en-GB; making its formats takes a slow processor 80 ms, and every page would wait for them.
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec'.split(' ');
const two = (value: number) => String(value).padStart(2, '0');

/** Date and time to the second, in this browser's time zone. */
export function formatExact(epochMs: number): string {
  return `${formatDay(epochMs)}, ${formatSecond(epochMs)}`;
}

export function formatClock(epochMs: number): string {
  const time = new Date(epochMs);
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

function formatSecond(epochMs: number): string {
  return `${formatClock(epochMs)}:${two(new Date(epochMs).getSeconds())}`;
}

/** On an axis of days: `21 Nov`. */
export function formatShortDay(epochMs: number): string {
  const time = new Date(epochMs);
  return `${time.getDate()} ${MONTHS[time.getMonth()]}`;
}

export function formatDay(epochMs: number): string {
  return `${formatShortDay(epochMs)} ${new Date(epochMs).getFullYear()}`;
}

/** To the second, with the day where it is not today: `14:03:07`, `21 Nov 14:03:07`. */
export function formatMoment(epochMs: number, now: number): string {
  const time = formatSecond(epochMs);
  const date = formatShortDay(epochMs);
  return date === formatShortDay(now) ? time : `${date} ${time}`;
}

/** How long ago, or in how long: `just now`, `12 s ago`, `in 29 days`. Older than four weeks is a date. */
export function formatRelative(epochMs: number, now: number): string {
  const seconds = Math.round((now - epochMs) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  const words = (text: string) => (seconds >= 0 ? `${text} ago` : `in ${text}`);
  if (size < 60) return words(`${size} s`);
  if (size < 3600) return words(`${Math.round(size / 60)} min`);
  if (size < 86_400) return words(`${Math.round(size / 3600)} h`);
  if (size < 32 * 86_400) return words(plural(Math.round(size / 86_400), 'day'));
  return formatDay(epochMs);
}

/** Money with the figures that matter: `€12.40`, `€0.0031`, `€0`. Nothing is rounded to nothing. */
export function formatMoney(amount: number, currency: string): string {
  const digits =
    Math.abs(amount) >= 1 || amount === 0 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 };
  return new Intl.NumberFormat('en-GB', {
    style: 'currency',
    currency,
    minimumFractionDigits: Math.abs(amount) >= 1 ? 2 : 0,
    ...digits,
  }).format(amount);
}

/** `€0.009 to €0.014`; one figure where both ends read the same. */
export function formatMoneyRange({ low, high }: { low: number; high: number }, currency: string): string {
  const [from, to] = [formatMoney(low, currency), formatMoney(high, currency)];
  return from === to ? from : `${from} to ${to}`;
}

/** `3 %`, `0.4 %`. */
export function formatShare(share: number): string {
  return `${formatFigure(share * 100)} %`;
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
