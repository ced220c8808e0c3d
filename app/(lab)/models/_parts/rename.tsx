'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { useOverview } from '../../../_lib/live.tsx';
import { Button } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import styles from './models.module.css';

/** The name under which programs ask for the lab's model, as `model_name` in ai-lab.yaml. */
export function Rename() {
  const cache = useQueryClient();
  const config = useQuery(trpc.config.get.queryOptions());
  const served = useOverview()?.model?.name;
  const set = useMutation(
    trpc.config.set.mutationOptions({
      onSuccess: () => cache.invalidateQueries({ queryKey: trpc.config.pathKey() }),
    }),
  );
  const written = config.data?.values.find(({ key }) => key === 'model_name')?.value;
  const known = typeof written === 'string' ? written : '';
  const [draft, setDraft] = useState<string | null>(null);
  const name = draft ?? known;
  const report = set.error === null ? null : reportOf(set.error);
  return (
    <form
      className={styles.rename}
      data-testid="rename"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate(
          { key: 'model_name', value: name.trim() === '' ? null : name.trim() },
          { onSuccess: () => setDraft(null) },
        );
      }}
    >
      <label className={styles.label}>
        Name in /v1
        <input
          className={styles.input}
          value={name}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          placeholder={served ?? 'as its id or file'}
          data-testid="rename-name"
          onChange={(event) => setDraft(event.target.value)}
        />
      </label>
      <Button type="submit" small data-testid="rename-save" disabled={set.isPending || name.trim() === known}>
        {name.trim() === '' ? 'Take the name away' : 'Rename'}
      </Button>
      {set.isSuccess && draft === null && (
        <p className={styles.quiet} aria-live="polite">
          It stands in ai-lab.yaml and holds from the next Start on.
        </p>
      )}
      {report !== null && <Note tone="bad" message={report.message} fix={report.fix} />}
    </form>
  );
}
