'use client';

import { useState } from 'react';
import { reportOf } from '../../../_lib/trpc.ts';
import type { HookView } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Note } from '../../../_ui/note.tsx';
import styles from './hooks.module.css';
import { useConfirmHook } from './use-hooks.ts';

/** Confirms by the hash of what was shown: a file that has changed meanwhile is refused by the server. */
export function ConfirmCommand({ hook }: { hook: HookView }) {
  const [asking, setAsking] = useState(false);
  const confirm = useConfirmHook();
  const report = confirm.error === null ? null : reportOf(confirm.error);
  const { name, sha256, shown } = hook;
  if (sha256 === null) return null;
  return (
    <>
      <Note
        tone="warn"
        title="This command is new or has changed"
        message="Nobody has confirmed it yet, so the lab does not start and the hook does not run."
        testId="unconfirmed"
      >
        <Button kind="primary" disabled={confirm.isPending} onClick={() => setAsking(true)}>
          Look at it and confirm
        </Button>
      </Note>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {asking && (
        <Confirm
          title={`Let the hook ${name} run this?`}
          action="Let it run"
          onConfirm={() => confirm.mutate({ name, sha256 })}
          onClose={() => setAsking(false)}
        >
          <p>
            It runs as you, with your rights, at every start. Program and arguments, as ai-lab.yaml has them:
          </p>
          <pre className={styles.command} data-testid="argv">
            {shown}
          </pre>
          <p className={styles.hash}>
            SHA-256 <code>{sha256}</code>
          </p>
        </Confirm>
      )}
    </>
  );
}
