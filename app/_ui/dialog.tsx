/** A question before something that cannot be taken back. */
'use client';

import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Button } from './button.tsx';
import styles from './dialog.module.css';

interface ConfirmProps {
  title: string;
  children: ReactNode;
  /** The verb on the button, e.g. `Delete`. */
  action: string;
  /** Whether it takes something away; `plain` where it does not. */
  tone?: 'danger' | 'plain';
  onConfirm: () => void;
  onClose: () => void;
}

/** Open for as long as it is rendered. Escape and Cancel close it. */
export function Confirm({ title, children, action, tone = 'danger', onConfirm, onClose }: ConfirmProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog ref={ref} className={styles.dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      <div className={styles.text}>{children}</div>
      <div className={styles.actions}>
        <Button onClick={() => ref.current?.close()}>Cancel</Button>
        <Button
          kind={tone === 'danger' ? 'danger' : 'primary'}
          data-testid="confirm"
          onClick={() => {
            onConfirm();
            ref.current?.close();
          }}
        >
          {action}
        </Button>
      </div>
    </dialog>
  );
}
