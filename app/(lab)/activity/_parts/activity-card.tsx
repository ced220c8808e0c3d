'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useRunningActivity } from '../../../_lib/live.tsx';
import { notRolledBack } from '../../../_lib/cancel-words.ts';
import { applyLiveEvent } from '../../../_lib/live-cache.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { Activity } from '../../../_lib/wire.ts';
import { ACTIVITY_KINDS, ACTIVITY_STATES } from '../../../_lib/words.ts';
import { Button } from '../../../_ui/button.tsx';
import { CopyButton } from '../../../_ui/copy.tsx';
import { Fold } from '../../../_ui/fold.tsx';
import { FailureNote } from '../../../_explain/failure-note.tsx';
import { Note } from '../../../_ui/note.tsx';
import { State } from '../../../_ui/state.tsx';
import { Steps } from '../../../_ui/steps.tsx';
import { Ago, Elapsed } from '../../../_ui/time.tsx';
import { activityText, canBeRetried, startedByWords } from './activity-text.ts';
import { Output } from './output.tsx';
import styles from './activity.module.css';

/** `mendable`: nothing of its kind has come after it, so what mends it is worth doing. */
export function ActivityCard({ activity, mendable }: { activity: Activity; mendable: boolean }) {
  const busy = useRunningActivity() !== undefined;
  const { tone, word } = ACTIVITY_STATES[activity.state];
  const running = activity.state === 'running';
  const [trouble, setTrouble] = useState<unknown>(null);
  const report = trouble === null ? null : reportOf(trouble);
  return (
    <article className={styles.card} data-testid="activity" data-state={activity.state}>
      <header className={styles.head}>
        <div>
          <h3 className={styles.title}>{ACTIVITY_KINDS[activity.kind]}</h3>
          <p className={styles.facts}>
            <State tone={tone}>{word}</State>
            <span>
              {running ? 'for ' : 'after '}
              <Elapsed from={activity.startedAt} to={activity.endedAt} />
            </span>
            <span>
              started <Ago at={activity.startedAt} /> {startedByWords(activity.startedBy)}
            </span>
          </p>
        </div>
        <div className={styles.tools}>
          <CopyButton text={activityText(activity)} what="this record" label="Copy" />
          {running && <Cancel activity={activity} />}
          {canBeRetried(activity) && <Retry id={activity.id} onError={setTrouble} />}
        </div>
      </header>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {activity.outcome !== null && <p className={styles.outcome}>{activity.outcome}</p>}
      {activity.error !== null && (
        <FailureNote tone="bad" report={activity.error} busy={busy} past={!mendable} />
      )}
      {running ? (
        <Steps steps={activity.steps} />
      ) : (
        activity.steps.length > 0 && (
          <Fold title={`${activity.steps.length} ${activity.steps.length === 1 ? 'step' : 'steps'}`}>
            <Steps steps={activity.steps} />
          </Fold>
        )
      )}
      {activity.state === 'failed' && <Output activity={activity} />}
    </article>
  );
}

function Cancel({ activity }: { activity: Activity }) {
  const { id } = activity;
  const cancel = useMutation(trpc.activity.cancel.mutationOptions());
  return (
    <Button
      small
      disabled={cancel.isPending}
      title={notRolledBack(activity)}
      onClick={() => cancel.mutate({ id })}
    >
      {cancel.isPending ? 'Cancelling…' : 'Cancel'}
    </Button>
  );
}

/** The same again: with the same input, as a new activity. */
function Retry({ id, onError }: { id: string; onError: (error: unknown) => void }) {
  const cache = useQueryClient();
  const retry = useMutation(
    trpc.activity.retry.mutationOptions({
      onMutate: () => onError(null),
      onSuccess: (activity) => applyLiveEvent(cache, { type: 'activity', activity }),
      onError,
    }),
  );
  return (
    <Button small data-testid="retry" disabled={retry.isPending} onClick={() => retry.mutate({ id })}>
      {retry.isPending ? 'Starting…' : 'Try again'}
    </Button>
  );
}
