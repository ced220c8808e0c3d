/** The frame of one subject on a page, and the head of a page. */
import { useId, type ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './panel.module.css';

interface PanelProps {
  title: string;
  /** One line under the title. */
  note?: ReactNode;
  /** Beside the title. */
  aside?: ReactNode;
  children: ReactNode;
  /** Without its own ground: for lists of cards. */
  bare?: boolean;
  testId?: string;
}

export function Panel({ title, note, aside, children, bare = false, testId }: PanelProps) {
  const id = useId();
  return (
    <section className={cx(styles.panel, bare && styles.bare)} aria-labelledby={id} data-testid={testId}>
      <header className={styles.head}>
        <div>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {note !== undefined && <p className={styles.note}>{note}</p>}
        </div>
        {aside}
      </header>
      {children}
    </section>
  );
}

export function PageHead({ title, note, aside }: { title: string; note?: ReactNode; aside?: ReactNode }) {
  return (
    <header className={styles.page}>
      <div>
        <h1 className={styles.pageTitle}>{title}</h1>
        {note !== undefined && <p className={styles.pageNote}>{note}</p>}
      </div>
      {aside}
    </header>
  );
}

/** Panels under one another, evenly apart. */
export function Stack({ children }: { children: ReactNode }) {
  return <div className={styles.stack}>{children}</div>;
}

export function Empty({ children }: { children: ReactNode }) {
  return <div className={styles.empty}>{children}</div>;
}
