'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notRolledBack } from '../../_lib/cancel-words.ts';
import { applyLiveEvent } from '../../_lib/live-cache.ts';
import { reportOf, trpc } from '../../_lib/trpc.ts';
import type { Activity, LabOverview } from '../../_lib/wire.ts';
import { Button, ButtonLink } from '../../_ui/button.tsx';
import { Note } from '../../_ui/note.tsx';
import type { Action } from './view.ts';
import styles from './overview.module.css';

/** Starts, stops and cancels; the answer is shown at once, before the stream tells it too. */
export function useLabActions() {
  const cache = useQueryClient();
  const onSuccess = (activity: Activity) => applyLiveEvent(cache, { type: 'activity', activity });
  const up = useMutation(trpc.lab.up.mutationOptions({ onSuccess }));
  const down = useMutation(trpc.lab.down.mutationOptions({ onSuccess }));
  const cancel = useMutation(trpc.activity.cancel.mutationOptions({ onSuccess }));
  return { up, down, cancel, busy: up.isPending || down.isPending || cancel.isPending };
}

const START: Partial<Record<LabOverview['phase'], string>> = {
  trouble: 'Start again',
  running: 'Start what is missing',
};

interface ActionBarProps {
  offered: readonly Action[];
  lab: LabOverview;
  running: Activity | undefined;
}

export function ActionBar({ offered, lab, running }: ActionBarProps) {
  const { up, down, cancel, busy } = useLabActions();
  const failed = up.error ?? down.error ?? cancel.error;
  const report = failed === null ? null : reportOf(failed);
  return (
    <>
      <div className={styles.actions}>
        {offered.map((action, index) => {
          const kind = index === 0 ? 'primary' : 'plain';
          switch (action) {
            case 'chat':
              return (
                <ButtonLink key={action} href="/chat" kind={kind}>
                  Chat with it
                </ButtonLink>
              );
            case 'config':
              return (
                <ButtonLink key={action} href="/settings" kind={kind}>
                  Mend ai-lab.yaml
                </ButtonLink>
              );
            case 'start':
              return (
                <Button
                  key={action}
                  kind={kind}
                  data-testid="start"
                  disabled={busy}
                  onClick={() => up.mutate({ starter: false })}
                >
                  {START[lab.phase] ?? 'Start'}
                </Button>
              );
            case 'plan':
              return (
                <ButtonLink key={action} href="/plan">
                  Review the plan
                </ButtonLink>
              );
            case 'stop':
              return (
                <Button
                  key={action}
                  data-testid="stop"
                  disabled={busy}
                  title="Ends the model server and frees its memory. Weights, tools and chats stay."
                  onClick={() => down.mutate()}
                >
                  Stop, keep all data
                </Button>
              );
            case 'cancel':
              return (
                <Button
                  key={action}
                  data-testid="cancel"
                  disabled={busy || running === undefined}
                  title={running && notRolledBack(running)}
                  onClick={() => running && cancel.mutate({ id: running.id })}
                >
                  {cancel.isPending ? 'Cancelling…' : 'Cancel'}
                </Button>
              );
          }
        })}
      </div>
      {report !== null && (
        <div className={styles.failed}>
          <Note tone="bad" role="alert" message={report.message} fix={report.fix}>
            {report.code === 'hook_unconfirmed' ? (
              <ButtonLink href="/hooks">Look at the hooks</ButtonLink>
            ) : undefined}
          </Note>
        </div>
      )}
    </>
  );
}
