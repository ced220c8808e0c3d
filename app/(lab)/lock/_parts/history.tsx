'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { saveFile } from '../../../_lib/save-file.ts';
import { client, reportOf, trpc } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { State } from '../../../_ui/state.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { ORIGIN_WORDS } from './origin-words.ts';
import styles from './lock.module.css';

/** Every lock that was written or imported, newest first. */
export function History({ inForce }: { inForce: string }) {
  const history = useQuery(trpc.lock.history.queryOptions({ limit: 50 }));
  const save = useMutation({
    mutationFn: (id: string) => client.lock.export.query({ id }),
    onSuccess: ({ sha256, text }) =>
      saveFile(`ailab-lock-${sha256.slice(0, 12)}.yaml`, text, 'application/yaml'),
  });
  const failed = history.error ?? save.error;
  const report = failed === null ? null : reportOf(failed);
  return (
    <Panel title="History" note="To go back to one: export it, then import it." testId="lock-history">
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {history.data === undefined && history.error === null && <Skeleton height="6rem" />}
      <ul className={styles.rows}>
        {history.data?.map(({ id, sha256, origin, createdAt }) => (
          <li key={id} className={styles.row} data-testid="lock-row">
            <span className={styles.main}>
              <code title={sha256}>{sha256.slice(0, 12)}</code>
              {id === inForce && <State tone="ok">in force</State>}
            </span>
            <span className={styles.note}>
              {ORIGIN_WORDS[origin]} <Ago at={createdAt} />
            </span>
            <Button
              small
              disabled={save.isPending}
              aria-label={`Export ${sha256.slice(0, 12)}`}
              onClick={() => save.mutate(id)}
            >
              Export
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
