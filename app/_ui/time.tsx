/** Times: relative to read, exact on hover. */
'use client';

import { formatDuration, formatExact, formatRelative } from '../../server/schemas/format.ts';
import { useNow } from '../_lib/use-now.ts';

export function Ago({ at }: { at: number }) {
  const now = useNow();
  return (
    <time className="fig" dateTime={new Date(at).toISOString()} title={formatExact(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

/** The length from `from` to `to`; still running when `to` is null. */
export function Elapsed({ from, to }: { from: number; to: number | null }) {
  return to === null ? <Running from={from} /> : <span className="fig">{formatDuration(to - from)}</span>;
}

function Running({ from }: { from: number }) {
  // Whole seconds: tenths that flicker tell nothing.
  const seconds = Math.max(0, Math.floor((useNow() - from) / 1000));
  return <span className="fig">{seconds === 0 ? '0 s' : formatDuration(seconds * 1000)}</span>;
}
