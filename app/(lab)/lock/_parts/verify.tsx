'use client';

import { useMutation } from '@tanstack/react-query';
import { client, reportOf } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Differences } from './differences.tsx';
import styles from './lock.module.css';

/** Compares the lock with what is there now; by the press of a button, because it may read gigabytes. */
export function Verify() {
  const verify = useMutation({ mutationFn: () => client.lock.verify.query() });
  const { data: verdict } = verify;
  const report = verify.error === null ? null : reportOf(verify.error);
  return (
    <Panel
      title="Verify"
      note="Weights, runtime, images, flags and ports, measured anew and compared with the lock."
      aside={
        <Button disabled={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? 'Comparing…' : verdict === undefined ? 'Verify' : 'Verify again'}
        </Button>
      }
      testId="lock-verify"
    >
      <div className={styles.part} aria-live="polite">
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {verify.isPending && (
          <p className={styles.note}>Reading what is there. Large weights that have changed take a while.</p>
        )}
        {verdict?.clean === true && !verify.isPending && (
          <Note tone="ok" message="Everything is as locked." testId="lock-clean" />
        )}
        {verdict?.clean === false && !verify.isPending && (
          <>
            <Note
              tone="warn"
              message={`${verdict.differences.length === 1 ? 'One thing is' : `${verdict.differences.length} things are`} not as locked.`}
              fix="To have the lab as locked again, run `ailab-web up --locked`. To lock what is asked for now, start the lab."
            />
            <Differences differences={verdict.differences} before="Locked" after="Found" />
          </>
        )}
        {!verify.isPending &&
          verdict?.notes.map((note) => (
            <p key={note} className={styles.note}>
              {note}
            </p>
          ))}
      </div>
    </Panel>
  );
}
