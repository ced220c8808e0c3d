/** How far a step is. Without a total there is no bar that lies: only what has come so far. */
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatFigure,
  formatTimeLeft,
} from '../../server/schemas/format.ts';
import type { ActivityStep } from '../_lib/wire.ts';
import styles from './progress.module.css';

type StepProgress = NonNullable<ActivityStep['progress']>;

export function Progress({ progress, label }: { progress: StepProgress; label: string }) {
  const { done, total } = progress;
  const known = done !== undefined && total !== undefined && total > 0;
  const share = known ? Math.min(1, done / total) : 0;
  return (
    <div className={styles.progress}>
      {known && (
        <progress
          className={styles.bar}
          aria-label={label}
          value={share}
          max={1}
          aria-valuetext={progressWords(progress)}
        />
      )}
      <p className={styles.words}>{progressWords(progress)}</p>
    </div>
  );
}

/** `20.4 MB of 94 MB · 8.1 MB/s · 9 s left`, as much of it as is known. */
export function progressWords({ message, done, total, unit, rate, eta }: StepProgress): string {
  const amount = (value: number) => (unit === 'bytes' ? formatBytes(value) : formatCount(value));
  const words: string[] = [];
  if (done !== undefined)
    words.push(total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`);
  if (rate !== undefined && rate > 0)
    words.push(unit === 'bytes' ? formatByteRate(rate) : `${formatFigure(rate)} per second`);
  if (eta !== undefined) words.push(formatTimeLeft(eta));
  if (message !== '') words.unshift(message);
  return words.join(' · ');
}
