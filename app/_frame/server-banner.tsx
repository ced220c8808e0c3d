'use client';

import { formatClock } from '../../server/schemas/format.ts';
import { useDownSince } from '../_lib/live.tsx';
import { Note } from '../_ui/note.tsx';
import styles from './server-banner.module.css';

/** Says that the server is silent, and goes away by itself when it is not. */
export function ServerBanner() {
  const since = useDownSince();
  if (since === null) return null;
  return (
    <div className={styles.banner}>
      <Note
        tone="warn"
        role="alert"
        testId="server-gone"
        title={`The ailab-web server does not answer since ${formatClock(since)}.`}
        message="What you see is from before that. A model that was up is still up; this page goes on by itself."
        fix="Start the server in a terminal with `npx ailab-web`, or `npm start` in a clone."
      />
    </div>
  );
}
