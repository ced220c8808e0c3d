/** A repair of ai-lab.yaml: shown as what would change in the file, then applied, and the lab started. */
'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RepairChange } from '../../server/schemas/explanation.ts';
import { applyLiveEvent } from '../_lib/live-cache.ts';
import { client, reportOf, trpc } from '../_lib/trpc.ts';
import { Button } from '../_ui/button.tsx';
import { Note } from '../_ui/note.tsx';
import { Loading } from '../_ui/skeleton.tsx';
import { lineDiff, type DiffLine } from './diff.ts';
import styles from './explain.module.css';

interface RepairProps {
  title: string;
  changes: RepairChange[];
  busy: boolean;
}

export function Repair({ title, changes, busy }: RepairProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.repair} data-testid="repair">
      <p className={styles.offer}>
        <span>{title}.</span>
        <Button small data-testid="repair-show" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Leave it' : 'Show the change'}
        </Button>
      </p>
      {open && <Change changes={changes} busy={busy} />}
    </div>
  );
}

/** The file is asked for each time: what is shown is what would be written. */
function Change({ changes, busy }: { changes: RepairChange[]; busy: boolean }) {
  const cache = useQueryClient();
  const preview = useQuery({ ...trpc.config.preview.queryOptions({ changes }), staleTime: 0, gcTime: 0 });
  const apply = useMutation({
    async mutationFn({ after, base, start }: { after: string; base: string | null; start: boolean }) {
      await client.config.write.mutate({ text: after, base });
      return start ? client.lab.up.mutate({ starter: false }) : null;
    },
    onSuccess(activity) {
      if (activity !== null) applyLiveEvent(cache, { type: 'activity', activity });
    },
    // Someone else has written the file meanwhile: what is shown is made anew.
    onError: () => preview.refetch(),
    onSettled: () => cache.invalidateQueries({ queryKey: trpc.config.get.queryKey() }),
  });
  const error = apply.error ?? preview.error;
  const report = error === null ? null : reportOf(error);
  const { data } = preview;
  const nothing = data !== undefined && data.before === data.after;
  return (
    <div className={styles.change}>
      {data === undefined && error === null && <Loading what="ai-lab.yaml" />}
      {data !== undefined &&
        (nothing ? <p>ai-lab.yaml says so already.</p> : <Diff lines={lineDiff(data.before, data.after)} />)}
      {data?.overruled.map(({ key, by }) => (
        <Note
          key={key}
          tone="warn"
          message={`This would change nothing: ${key} is set by ${by}, which wins over the file.`}
        />
      ))}
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {data !== undefined && !nothing && !apply.isSuccess && (
        <p className={styles.actions}>
          {([true, false] as const).map((start) => (
            <Button
              key={String(start)}
              small
              kind={start ? 'primary' : 'plain'}
              data-testid={start ? 'repair-start' : 'repair-apply'}
              disabled={busy || apply.isPending || data.overruled.length > 0}
              onClick={() => apply.mutate({ after: data.after, base: data.base, start })}
            >
              {start ? 'Apply and start' : 'Apply only'}
            </Button>
          ))}
        </p>
      )}
      {apply.isSuccess && <output>Applied.</output>}
    </div>
  );
}

const MARKS: Record<DiffLine['kind'], { sign: string; word: string }> = {
  same: { sign: ' ', word: '' },
  out: { sign: '−', word: 'taken out: ' },
  in: { sign: '+', word: 'put in: ' },
};

function Diff({ lines }: { lines: readonly DiffLine[] }) {
  return (
    <figure className={styles.figure}>
      <figcaption>ai-lab.yaml</figcaption>
      <pre className={styles.diff} data-testid="repair-diff">
        {lines.map(({ kind, text }, at) => (
          // oxlint-disable-next-line react/no-array-index-key
          <span key={at} className={styles[kind]}>
            <span aria-hidden="true">{MARKS[kind].sign} </span>
            <span className="hear">{MARKS[kind].word}</span>
            {text}
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}
