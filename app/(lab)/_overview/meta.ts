/** An item's plain facts as words: numbers there are in base units, named by their key. */
import { formatBytes, formatCount, formatExact } from '../../_lib/format.ts';
import type { StatusItem } from '../../_lib/wire.ts';

export interface MetaFact {
  key: string;
  name: string;
  text: string;
}

type Value = StatusItem['meta'][string];

const NAMES: Record<string, string> = {
  pid: 'process ID',
  sha256: 'SHA-256',
  ctx: 'context',
  context_size: 'context',
  contextSize: 'context',
  url: 'URL',
};

/** In the order given; what is unknown (null) is left out. */
export function metaFacts(meta: StatusItem['meta']): MetaFact[] {
  return Object.entries(meta).flatMap(([key, value]) => {
    const text = words(key, value);
    return text === null ? [] : [{ key, name: nameOf(key), text }];
  });
}

function nameOf(key: string): string {
  const known = NAMES[key];
  if (known !== undefined) return known;
  return key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase()
    .replace(/ (?:bytes|seconds|ms|at)$/, '')
    .replace(/^size bytes$/, 'size');
}

function words(key: string, value: Value): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return /^[0-9a-f]{40,}$/.test(value) ? `${value.slice(0, 12)}…` : value;
  if (/(?:^|_)(?:size|bytes)$|(?:Size|Bytes)$/.test(key) && !/context/i.test(key)) return formatBytes(value);
  if (/(?:^|_)(?:since|at)$|At$/.test(key)) return formatExact(value);
  // A port or a process ID is a name, not an amount.
  return /pid|port/i.test(key) ? String(value) : formatCount(value);
}
