'use client';

import { ACTIVITY_KINDS, ACTIVITY_STATES } from '../../_lib/words.ts';
import type { Activity, LabOverview } from '../../_lib/wire.ts';
import { FailureNote } from '../../_explain/failure-note.tsx';
import { Panel } from '../../_ui/panel.tsx';
import { State } from '../../_ui/state.tsx';
import { Steps } from '../../_ui/steps.tsx';
import { Elapsed } from '../../_ui/time.tsx';
import { isTold } from './view.ts';
import styles from './overview.module.css';

/** The stages of what runs now, or of what did not end well. */
export function Stages({ activity, lab }: { activity: Activity; lab: LabOverview }) {
  const { tone, word } = ACTIVITY_STATES[activity.state];
  return (
    <Panel
      title={ACTIVITY_KINDS[activity.kind]}
      testId="stages"
      aside={
        <p className={styles.outcome}>
          <State tone={tone}>{word}</State>
          <Elapsed from={activity.startedAt} to={activity.endedAt} />
        </p>
      }
    >
      <div className={styles.stages}>
        <Steps steps={activity.steps} />
        {activity.error !== null && !isTold(lab, activity.error) && (
          <FailureNote tone="bad" report={activity.error} busy={false} past />
        )}
      </div>
    </Panel>
  );
}
