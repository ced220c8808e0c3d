/** Trouble in words: what happened, and the next step with its command ready to copy. */
import type { ReactNode } from 'react';
import { WithCode } from './copy.tsx';
import { cx } from './cx.ts';
import { StateMark, type Tone } from './state.tsx';
import styles from './note.module.css';

interface NoteProps {
  tone: Extract<Tone, 'bad' | 'warn' | 'busy' | 'idle' | 'ok'>;
  title?: string | undefined;
  message: string;
  fix?: string | undefined;
  /** Buttons. */
  children?: ReactNode;
  testId?: string;
  /** `alert` for what comes unasked; nothing for what was there when the page opened. */
  role?: 'alert' | 'status';
}

export function Note({ tone, title, message, fix, children, testId, role }: NoteProps) {
  return (
    <div className={cx(styles.note, styles[tone])} data-testid={testId} role={role}>
      <StateMark tone={tone} size={14} />
      <div className={styles.body}>
        {title !== undefined && <p className={styles.title}>{title}</p>}
        <p className={styles.message}>
          <WithCode text={message} commands={fix === undefined || fix === ''} />
        </p>
        {fix !== undefined && fix !== '' && (
          <p className={styles.fix}>
            <WithCode text={fix} commands />
          </p>
        )}
        {children !== undefined && <div className={styles.actions}>{children}</div>}
      </div>
    </div>
  );
}
