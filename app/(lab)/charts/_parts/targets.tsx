'use client';

import { useQuery } from '@tanstack/react-query';
import { formatDuration } from '../../../../server/schemas/format.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { State, type Tone } from '../../../_ui/state.tsx';
import { Ago } from '../../../_ui/time.tsx';
import styles from './targets.module.css';

const HEALTHS: Record<'up' | 'down' | 'unknown', { tone: Tone; word: string }> = {
  up: { tone: 'ok', word: 'Up' },
  down: { tone: 'bad', word: 'Down' },
  unknown: { tone: 'idle', word: 'Not asked yet' },
};
const EVERY_MS = 10_000;

/** What Prometheus scrapes, each with its last error. Quiet when all is well. */
export function Targets() {
  const targets = useQuery({
    ...trpc.metrics.targets.queryOptions(),
    refetchInterval: EVERY_MS,
    retry: false,
  });
  const { data, error } = targets;
  if (error !== null) {
    const { message, fix } = reportOf(error);
    return (
      <Panel title="What Prometheus asks">
        <Note tone="warn" message={message} fix={fix} />
      </Panel>
    );
  }
  if (data === undefined || data === null) return null;
  const up = data.filter(({ health }) => health === 'up').length;
  return (
    <Panel title="What Prometheus asks" note={`${up} of ${data.length} targets answer.`} testId="targets">
      <ul className={styles.targets}>
        {data.map(({ job, url, health, lastError, lastScrape, durationMs }) => (
          <li key={`${job} ${url}`} className={styles.target}>
            <span className={styles.job}>{job}</span>
            <State tone={HEALTHS[health].tone}>{HEALTHS[health].word}</State>
            <span className={styles.when}>
              {lastScrape === null ? 'never asked' : <Ago at={lastScrape} />}
              {durationMs !== null && `, took ${formatDuration(durationMs)}`}
            </span>
            {lastError !== '' && <span className={styles.error}>{lastError}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
