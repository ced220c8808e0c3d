/** What the lines of services and of the other items have in common: since when, and how much it uses. */
'use client';

import type { ItemUsage, StatusItem } from '../../_lib/wire.ts';
import { Ago } from '../../_ui/time.tsx';
import { cpuWords, memoryWords, MEMORY_TIGHT, numberOf } from './service-words.ts';
import styles from './services.module.css';

export function Since({ item }: { item: StatusItem }) {
  const restarts = numberOf(item, 'restarts') ?? 0;
  const ended = numberOf(item, 'ended_at');
  const at = ended ?? numberOf(item, 'started_at');
  if (item.state !== 'managed') return null;
  return (
    <span className={styles.since}>
      {at !== null && (
        <>
          {ended === null ? 'started' : 'ended'} <Ago at={at} />
        </>
      )}
      {restarts > 0 && `${at === null ? '' : ', '}restarted ${restarts === 1 ? 'once' : `${restarts} times`}`}
    </span>
  );
}

/** CPU and memory, in places that do not move when a figure comes. */
export function Use({ usage }: { usage: ItemUsage | undefined }) {
  const { cores = null, memoryBytes = null, memoryLimitBytes = null } = usage ?? {};
  const tight =
    memoryBytes !== null && memoryLimitBytes !== null && memoryBytes > memoryLimitBytes * MEMORY_TIGHT;
  return (
    <div className={styles.use} data-empty={memoryBytes === null}>
      <span className={styles.cpu}>{cores === null ? '' : cpuWords(cores)}</span>
      <span className={tight ? styles.tight : styles.memory}>
        {memoryBytes !== null && memoryWords(memoryBytes)}
        {memoryBytes !== null && memoryLimitBytes !== null && ` of ${memoryWords(memoryLimitBytes)}`}
        {tight && <span className={styles.full}>nearly full</span>}
      </span>
    </div>
  );
}
