'use client';

import { useMutation } from '@tanstack/react-query';
import { trpc } from '../../../_lib/trpc.ts';
import type { Activity } from '../../../_lib/wire.ts';
import { ACTIVITY_KINDS, ACTIVITY_STATES } from '../../../_lib/words.ts';
import { Button } from '../../../_ui/button.tsx';
import { CopyButton } from '../../../_ui/copy.tsx';
import { Fold } from '../../../_ui/fold.tsx';
import { Note } from '../../../_ui/note.tsx';
import { State } from '../../../_ui/state.tsx';
import { Steps } from '../../../_ui/steps.tsx';
import { Ago, Elapsed } from '../../../_ui/time.tsx';
import { activityText, startedByWords } from './activity-text.ts';
import styles from './activity.module.css';

export function ActivityCard({ activity }: { activity: Activity }) {
  const { tone, word } = ACTIVITY_STATES[activity.state];
  const running = activity.state === 'running';
  return (
    <article className={styles.card} data-testid="activity" data-state={activity.state}>
      <header className={styles.head}>
        <div>
          <h2 className={styles.title}>{ACTIVITY_KINDS[activity.kind]}</h2>
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
          {running && <Cancel id={activity.id} />}
        </div>
      </header>
      {activity.outcome !== null && <p className={styles.outcome}>{activity.outcome}</p>}
      {activity.error !== null && (
        <Note tone="bad" message={activity.error.message} fix={activity.error.fix} />
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
    </article>
  );
}

function Cancel({ id }: { id: string }) {
  const cancel = useMutation(trpc.activity.cancel.mutationOptions());
  return (
    <Button small disabled={cancel.isPending} onClick={() => cancel.mutate({ id })}>
      {cancel.isPending ? 'Cancelling…' : 'Cancel'}
    </Button>
  );
}
