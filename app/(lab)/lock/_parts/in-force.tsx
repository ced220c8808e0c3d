'use client';

import { useMutation } from '@tanstack/react-query';
import { client, reportOf } from '../../../_lib/trpc.ts';
import { saveFile } from '../../../_lib/save-file.ts';
import type { LockShown } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Command, CopyButton } from '../../../_ui/copy.tsx';
import { Facts } from '../../../_ui/facts.tsx';
import { Fold } from '../../../_ui/fold.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { lockView, type LockFact } from './lock-view.ts';
import { ORIGIN_WORDS } from './origin-words.ts';
import styles from './lock.module.css';

export function InForce({ lock }: { lock: LockShown }) {
  const { main, services, others } = lockView(lock.document);
  const save = useMutation({
    mutationFn: () => client.lock.export.query({}),
    onSuccess: ({ sha256, text }) =>
      saveFile(`ailab-lock-${sha256.slice(0, 12)}.yaml`, text, 'application/yaml'),
  });
  const report = save.error === null ? null : reportOf(save.error);
  return (
    <Panel
      title="In force"
      note={
        <>
          {ORIGIN_WORDS[lock.origin]} <Ago at={lock.createdAt} />
        </>
      }
      aside={
        <Button disabled={save.isPending} onClick={() => save.mutate()}>
          {save.isPending ? 'Exporting…' : 'Export'}
        </Button>
      }
      testId="lock-in-force"
    >
      <div className={styles.part}>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        <Facts
          facts={[
            { name: 'Lock', value: <Hash of={lock.sha256} what="the lock's SHA-256" testId="lock-sha" /> },
            ...main.map(shown),
          ]}
        />
        {services.length > 0 && (
          <Fold title={`Images of ${services.length} services, by digest`}>
            <Facts facts={services.map(shown)} />
          </Fold>
        )}
        {others.length > 0 && (
          <Fold title={`${others.length} of other tools, kept as they are`}>
            <ul className={styles.plain}>
              {others.map((id) => (
                <li key={id}>
                  <code>{id}</code>
                </li>
              ))}
            </ul>
          </Fold>
        )}
        <p className={styles.command}>
          To bring up exactly this, or be told by name what is another:{' '}
          <Command text="ailab-web up --locked" />
        </p>
      </div>
    </Panel>
  );
}

function shown({ name, value, hash, note }: LockFact) {
  return {
    name,
    value: (
      <>
        {value}
        {hash !== undefined && <Hash of={hash} what={`the SHA-256 of ${name}`} />}
        {note !== undefined && <span className={styles.note}> {note}</span>}
      </>
    ),
  };
}

/** The first twelve digits are enough to compare by eye; the copy is whole. */
function Hash({ of, what, testId }: { of: string; what: string; testId?: string }) {
  return (
    <span className={styles.hash} title={of} data-testid={testId}>
      <code>{of.slice(0, 12)}</code>
      <CopyButton text={of} what={what} />
    </span>
  );
}
