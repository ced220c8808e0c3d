'use client';

import { useMutation } from '@tanstack/react-query';
import { saveFile } from '../../../_lib/save-file.ts';
import { client, reportOf } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { CopyButton } from '../../../_ui/copy.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Loading } from '../../../_ui/skeleton.tsx';
import styles from './support.module.css';

const NOTE =
  'One text for those who help: settings, plan, lock, versions, the last activities and logs, without keys, conversations, paths and names.';

/** Shown whole before it can be saved; it is sent to nobody. */
export function Support() {
  const bundle = useMutation({ mutationFn: () => client.support.bundle.query() });
  const report = bundle.error === null ? null : reportOf(bundle.error);
  const { data } = bundle;
  return (
    <Panel title="Support bundle" note={NOTE} testId="support">
      <div id="support" className={styles.parts}>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {data !== undefined && (
          <>
            <p>This is all of it. Read it, then keep it as a file; it is sent to nobody.</p>
            {/* What scrolls must be reachable by the keyboard. */}
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <section className={styles.text} aria-label="The bundle" data-testid="support-text" tabIndex={0}>
              <pre>{data.text}</pre>
            </section>
          </>
        )}
        {bundle.isPending && <Loading what="plan, status and logs" />}
        <div className={styles.actions}>
          {data !== undefined && (
            <Button
              kind="primary"
              data-testid="support-save"
              onClick={() => saveFile(data.name, data.text, 'application/yaml')}
            >
              Save {data.name}
            </Button>
          )}
          {data !== undefined && <CopyButton text={data.text} what="the bundle" label="Copy" />}
          <Button data-testid="support-make" disabled={bundle.isPending} onClick={() => bundle.mutate()}>
            {bundle.isPending
              ? 'Putting it together…'
              : data === undefined
                ? 'Show the bundle'
                : 'Make it anew'}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
