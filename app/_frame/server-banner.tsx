'use client';

import { useEffect, useState } from 'react';
import { formatClock } from '../_lib/format.ts';
import { useDownSince } from '../_lib/live.tsx';
import { Note } from '../_ui/note.tsx';
import styles from './server-banner.module.css';

/** A restart of a second or two is no news. */
const PATIENCE_MS = 2500;

/** Says that the server is silent, and goes away by itself when it is not. */
export function ServerBanner() {
  const since = useDownSince();
  const [shown, setShown] = useState<number | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setShown(since), since === null ? 0 : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [since]);
  if (shown === null) return null;
  return (
    <div className={styles.banner}>
      <Note
        tone="warn"
        role="alert"
        testId="server-gone"
        title={`The ailab-web server does not answer since ${formatClock(shown)}.`}
        message="What you see is from before that. A model that was up is still up; this page goes on by itself."
        fix="Start the server in a terminal with `npx ailab-web`, or `npm start` in a clone."
      />
    </div>
  );
}
