/** An item's plain facts as words: numbers there are in base units, named by their key. */
import { formatBytes, formatCount, formatExact } from '../../../server/schemas/format.ts';
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
  size_bytes: 'size',
  context_size: 'context',
  context_length: 'trained context',
  restart_at: 'next try',
  last_exit_at: 'at',
};

/** Told only when they are not as they should be: `supervised yes` and `restarts 0` are no news. */
const USUAL: Record<string, Value> = { supervised: true, restarts: 0, profile: 'default' };

/** Told by the weights already, or kept to find drift by; drift itself is told in words. `status -o json` has them all. */
const ELSEWHERE = new Set(
  'weights_path model_name command entrypoint environment mounts tmpfs labels configuration user restart security '
    .concat(
      'init health_check containers container_name image_digest_is_local_id done drift_ignored cause explained',
    )
    .split(' '),
);

/** In the order given; what is unknown (null) or as usual is left out. */
export function metaFacts(meta: StatusItem['meta']): MetaFact[] {
  return Object.entries(meta).flatMap(([key, value]) => {
    const known = ELSEWHERE.has(key) || key.startsWith('asked_') || (key in USUAL && USUAL[key] === value);
    const text = known ? null : words(key, value);
    return text === null ? [] : [{ key, name: nameOf(key), text }];
  });
}

function nameOf(key: string): string {
  return NAMES[key] ?? key.replaceAll('_', ' ').replace(/ (?:bytes|at)$/, '');
}

function words(key: string, value: Value): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value.replace(/^(sha256:)?([0-9a-f]{12})[0-9a-f]{28,}$/, '$1$2…');
  if (/(?:^|_)(?:size_)?bytes$/.test(key) || key === 'memory_limit') return formatBytes(value);
  if (/(?:^|_)at$|^since$/.test(key)) return formatExact(value);
  if (key === 'parameters') return millions(value);
  if (key.startsWith('context')) return `${formatCount(value)} tokens`;
  // A port or a process ID is a name, not an amount.
  return key === 'pid' || key.endsWith('port') ? String(value) : formatCount(value);
}

/** As model names have it: `135 M`, `1.7 B`. */
function millions(value: number): string {
  if (value >= 999.5e6) return `${(value / 1e9).toFixed(value < 9.95e9 ? 1 : 0)} B`;
  return `${Math.round(value / 1e6)} M`;
}
