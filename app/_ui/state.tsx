/** State told three ways at once: by word, by shape and by colour. */
import type { ReactNode } from 'react';
import type { Tone } from '../../server/schemas/state-words.ts';
import { cx } from './cx.ts';
import styles from './state.module.css';

export type { Tone };

export function StateMark({ tone, size = 12 }: { tone: Tone; size?: number }) {
  return (
    <svg
      className={cx(styles.mark, styles[tone])}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      aria-hidden="true"
    >
      {SHAPES[tone]}
    </svg>
  );
}

const SHAPES: Record<Tone, ReactNode> = {
  ok: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
    </>
  ),
  warn: <path d="M6 1.2 11.3 10.6H.7z" fill="currentColor" />,
  bad: <path d="M6 .6 11.4 6 6 11.4.6 6z" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />,
};

export function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={styles.state}>
      <StateMark tone={tone} />
      <span>{children}</span>
    </span>
  );
}
