'use client';

import { dockerAway, useLastSeen } from '../_lib/docker.ts';
import { useDownSince, useOverview } from '../_lib/live.tsx';
import { formatMoment } from '../../server/schemas/format.ts';
import { useNow } from '../_lib/use-now.ts';
import { Note } from '../_ui/note.tsx';
import styles from './server-banner.module.css';

/** Says on every page that Docker is away, and goes by itself when it is back. */
export function DockerBanner() {
  const away = dockerAway(useOverview());
  const silent = useDownSince() !== null;
  // A silent server knows nothing of Docker either, and says so in its own banner.
  if (away === null || silent) return null;
  return <Away words={away} />;
}

function Away({ words }: { words: string }) {
  const seen = useLastSeen();
  const now = useNow();
  const since = seen?.lostAt ? ` since ${formatMoment(seen.lostAt, now)}` : '';
  return (
    <div className={styles.banner}>
      <Note
        tone="bad"
        role="alert"
        testId="docker-away"
        title={`Docker can’t be used${since}`}
        message={words}
      >
        Containers that were up may well still be up. This page goes on by itself when Docker is back.
      </Note>
    </div>
  );
}
