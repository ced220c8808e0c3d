/** The page before the lab: calm, centred, with the one thing to do. */
import type { ReactNode } from 'react';
import { Command } from './copy.tsx';
import { Mark } from './icons.tsx';
import styles from './gate.module.css';

interface GateProps {
  title?: string;
  message?: string;
  children?: ReactNode;
}

export function Gate({
  title = 'You are not logged in on this browser',
  message = 'The lab only answers to whoever can start it. A terminal on this machine gives you a fresh link:',
  children,
}: GateProps) {
  return (
    <main className={styles.gate} data-testid="logged-out">
      <div className={styles.card}>
        <p className={styles.mark}>
          <Mark /> ailab-web
        </p>
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.message}>{message}</p>
        {children ?? (
          <>
            <p className={styles.command}>
              <Command text="npx ailab-web open" />
            </p>
            <p className={styles.small}>
              Installed, it is <code>ailab-web open</code>. This page goes on by itself once this browser is
              logged in.
            </p>
          </>
        )}
      </div>
    </main>
  );
}
