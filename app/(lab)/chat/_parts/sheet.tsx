'use client';

import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Button } from '../../../_ui/button.tsx';
import { CloseIcon } from '../../../_ui/chat-icons.tsx';
import styles from './sheet.module.css';

interface SheetProps {
  title: string;
  wide?: boolean;
  children: ReactNode;
  onClose: () => void;
}

/** A dialog over the page, open for as long as it is rendered. Escape closes it. */
export function Sheet({ title, wide = false, children, onClose }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog
      ref={ref}
      className={styles.sheet}
      data-wide={wide || undefined}
      aria-labelledby={id}
      // A question within it closes without closing this one.
      onClose={(event) => event.target === event.currentTarget && onClose()}
    >
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" small aria-label="Close" onClick={() => ref.current?.close()}>
          <CloseIcon />
        </Button>
      </header>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}
