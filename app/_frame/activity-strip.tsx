/** The running activity in one line, on every page. To close it hides it; to cancel it is another button. */
'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { InnerLink } from '../_ui/link.tsx';
import { useEffect, useState } from 'react';
import { notRolledBack } from '../_lib/cancel-words.ts';
import { useDownSince, useLiveActivities } from '../_lib/live.tsx';
import { applyLiveEvent } from '../_lib/live-cache.ts';
import { reportOf, trpc } from '../_lib/trpc.ts';
import { ACTIVITY_KINDS, ACTIVITY_STATES } from '../_lib/words.ts';
import type { Activity } from '../_lib/wire.ts';
import { Button } from '../_ui/button.tsx';
import { CloseIcon } from '../_ui/icons.tsx';
import { progressWords } from '../_ui/progress.tsx';
import { StateMark } from '../_ui/state.tsx';
import { Elapsed } from '../_ui/time.tsx';
import styles from './activity-strip.module.css';

/** What has ended well is shown for as long as it takes to read it. */
const LINGER_MS = 4000;

export function ActivityStrip() {
  const newest = useLiveActivities()?.[0];
  const down = useDownSince() !== null;
  const [hidden, setHidden] = useState<string | null>(null);
  const [followed, setFollowed] = useState<string | null>(null);
  // Only what this tab has seen running is told of at its end: the rest is in the record.
  if (newest?.state === 'running' && followed !== newest.id) setFollowed(newest.id);
  const ended = newest !== undefined && newest.endedAt !== null;
  const id = newest?.id ?? null;
  useEffect(() => {
    if (!ended || newest.state !== 'done' || id !== followed) return;
    const timer = setTimeout(() => setHidden(id), LINGER_MS);
    return () => clearTimeout(timer);
  }, [ended, newest?.state, id, followed]);
  if (newest === undefined || down || newest.id === hidden || newest.id !== followed) return null;
  return <Strip activity={newest} onClose={() => setHidden(newest.id)} />;
}

function Strip({ activity, onClose }: { activity: Activity; onClose: () => void }) {
  const cache = useQueryClient();
  const cancel = useMutation(
    trpc.activity.cancel.mutationOptions({
      onSuccess: (ended) => applyLiveEvent(cache, { type: 'activity', activity: ended }),
    }),
  );
  const running = activity.state === 'running';
  const { tone, word } = ACTIVITY_STATES[activity.state];
  const step = activity.steps.findLast((one) => one.state === 'running');
  const { done, total } = step?.progress ?? {};
  const known = done !== undefined && total !== undefined && total > 0;
  const trouble = cancel.error === null ? null : reportOf(cancel.error);
  return (
    <section className={styles.strip} aria-label="Activity" data-testid="strip" data-state={activity.state}>
      {running && known && (
        <progress
          className={styles.bar}
          aria-label={step?.title ?? ACTIVITY_KINDS[activity.kind]}
          value={Math.min(1, done / total)}
          max={1}
        />
      )}
      <div className={styles.line}>
        <StateMark tone={tone} />
        <p className={styles.words}>
          <InnerLink href="/activity" className={styles.kind}>
            {ACTIVITY_KINDS[activity.kind]}
          </InnerLink>
          <span className={styles.phase}>{trouble?.message ?? phaseWords(activity, word)}</span>
        </p>
        <span className={styles.time}>
          <Elapsed from={activity.startedAt} to={activity.endedAt} />
        </span>
        {running && (
          <Button
            small
            data-testid="strip-cancel"
            disabled={cancel.isPending}
            title={notRolledBack(activity)}
            onClick={() => cancel.mutate({ id: activity.id })}
          >
            {cancel.isPending ? 'Cancelling…' : 'Cancel'}
          </Button>
        )}
        <Button
          small
          kind="quiet"
          data-testid="strip-close"
          aria-label="Hide this line"
          title={running ? 'Hides this line; what runs goes on.' : 'Hides this line.'}
          onClick={onClose}
        >
          <CloseIcon />
        </Button>
      </div>
      <output className="hear">
        {running ? `${ACTIVITY_KINDS[activity.kind]}: ${step?.title ?? ''}` : word}
      </output>
    </section>
  );
}

/** The phase with its bytes and the time left; at the end, how it ended. */
export function phaseWords(activity: Activity, word: string): string {
  if (activity.state === 'running') {
    const step = activity.steps.findLast((one) => one.state === 'running');
    if (step === undefined) return 'Getting ready';
    const progress = step.progress === null ? '' : progressWords(step.progress);
    return progress === '' ? step.title : `${step.title} · ${progress}`;
  }
  if (activity.state === 'cancelled') return `${word}. ${notRolledBack(activity)}`;
  const why = activity.error?.message ?? activity.outcome;
  return why === null ? word : `${word}. ${why}`;
}
