'use client';

import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ImportInput } from '../../../../server/schemas/lock.ts';
import { decodeLock, LOCK_MAX_BYTES } from '../../../../server/schemas/lock-text.ts';
import type { Report } from '../../../_lib/report.ts';
import { client, reportOf } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Differences } from './differences.tsx';
import styles from './lock.module.css';

/** A file is chosen, what it would change is shown, and then it is asked once. */
export function ImportLock() {
  const input = useRef<HTMLInputElement>(null);
  const [unreadable, setUnreadable] = useState<Report | null>(null);
  const preview = useMutation({ mutationFn: (file: ImportInput) => client.lock.preview.mutate(file) });
  const take = useMutation({
    mutationFn: (file: ImportInput) => client.lock.import.mutate(file),
    onSuccess: () => preview.reset(),
  });
  const choose = async (file: File | undefined) => {
    if (file === undefined) return;
    for (const reset of [preview.reset, take.reset, () => setUnreadable(null)]) reset();
    const read = await readFile(file);
    if ('text' in read) preview.mutate({ text: read.text, name: file.name.slice(-200) || 'lock' });
    else setUnreadable(read);
    // The same file, mended, can be chosen again.
    if (input.current !== null) input.current.value = '';
  };
  const failed = preview.error ?? take.error;
  const report = unreadable ?? (failed === null ? null : reportOf(failed));
  const { data, variables } = preview;
  return (
    <Panel
      title="Import"
      note="A lock that was exported here or elsewhere, v1 or v2. The present one stays in the history."
      aside={
        <Button disabled={preview.isPending || take.isPending} onClick={() => input.current?.click()}>
          Choose a file
        </Button>
      }
      testId="lock-import"
    >
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml,.lock,application/yaml,text/plain"
        aria-label="A lock file"
        className="hear"
        tabIndex={-1}
        onChange={(event) => void choose(event.target.files?.[0])}
      />
      <div className={styles.part} aria-live="polite">
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {take.data !== undefined && (
          <Note
            tone="ok"
            message={`The lock is ${take.data.sha256.slice(0, 12)} now.`}
            fix={
              take.data.startable
                ? 'To bring up exactly that, run `ailab-web up --locked`.'
                : 'It holds no lab; the next start adds it.'
            }
            testId="lock-imported"
          />
        )}
        {data?.changed === false && (
          <Note
            tone="idle"
            message={`${variables?.name ?? 'It'} is the lock in force already; nothing to do.`}
          />
        )}
        {data?.changed === true && variables !== undefined && (
          <div className={styles.part} data-testid="lock-preview">
            <p>
              <strong>{variables.name}</strong> is a sound lock, <code>{data.sha256.slice(0, 12)}</code>
              {data.migrated && '; it is a lock v1 and becomes version 2'}. It says:
            </p>
            <ul className={styles.plain}>
              {data.summary.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
            {data.differences.length > 0 && (
              <Differences differences={data.differences} before="Now" after="After" />
            )}
            <div className={styles.actions}>
              <Button kind="primary" disabled={take.isPending} onClick={() => take.mutate(variables)}>
                {take.isPending ? 'Importing…' : 'Import'}
              </Button>
              <Button disabled={take.isPending} onClick={preview.reset}>
                Cancel
              </Button>
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}

/** Its text, or why it has none that is read. Nothing of a file that is too large is read at all. */
async function readFile(file: File): Promise<{ text: string } | Report> {
  const fix = 'Choose a file that was exported with `ailab-web lock export FILE` or on this page.';
  const refuse = (why: string): Report => ({ code: 'lock_invalid', message: `${file.name}: ${why}.`, fix });
  if (file.size > LOCK_MAX_BYTES) return refuse('a lock has at most 1 MB');
  try {
    const decoded = decodeLock(new Uint8Array(await file.arrayBuffer()));
    return 'text' in decoded ? decoded : refuse(decoded.problem);
  } catch (error) {
    return refuse(`the browser can't read it (${error instanceof Error ? error.message : String(error)})`);
  }
}
