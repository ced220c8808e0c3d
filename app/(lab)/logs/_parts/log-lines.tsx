/** The lines themselves: text nodes only, whatever stands in them. */
'use client';

import { memo } from 'react';
import { formatExact, formatMoment, formatRelative } from '../../../../server/schemas/format.ts';
import { useNow } from '../../../_lib/use-now.ts';
import { cx } from '../../../_ui/cx.ts';
import { pieces, type KeptLine } from './log-window.ts';
import styles from './logs.module.css';

export type Times = 'exact' | 'relative';

interface LogLinesProps {
  lines: readonly KeptLine[];
  words: string;
  times: Times;
  wrap: boolean;
}

export function LogLines({ lines, words, times, wrap }: LogLinesProps) {
  const now = useNow();
  return (
    <div className={cx(styles.lines, wrap && styles.wrap)} data-testid="log-lines">
      {lines.map((line) => (
        <Line
          key={line.id}
          line={line}
          words={words}
          time={line.time === null ? null : timeWords(Date.parse(line.time), times, now)}
        />
      ))}
    </div>
  );
}

function timeWords(at: number, times: Times, now: number): string {
  return times === 'exact' ? formatMoment(at, now) : formatRelative(at, now);
}

/** Drawn again only when its own words change: there are thousands. */
const Line = memo(function Line({
  line,
  words,
  time,
}: {
  line: KeptLine;
  words: string;
  time: string | null;
}) {
  return (
    <div className={styles.line}>
      {line.time !== null && (
        <time className={styles.time} dateTime={line.time} title={formatExact(Date.parse(line.time))}>
          {time}
        </time>
      )}
      <span className={styles.text}>
        {pieces(line.text, words).map((piece, at) =>
          // oxlint-disable-next-line react/no-array-index-key -- pieces of one text, which never move
          at % 2 === 1 ? <mark key={at}>{piece}</mark> : piece,
        )}
      </span>
    </div>
  );
});
