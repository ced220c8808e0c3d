'use client';

import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { Activity } from '../../../_lib/wire.ts';
import { CopyButton } from '../../../_ui/copy.tsx';
import { activityText } from './activity-text.ts';
import styles from './activity.module.css';

/** Everything that is known about a failed activity, as one text to send to someone: steps, error, what hooks wrote. */
export function Output({ activity }: { activity: Activity }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.output} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Output</summary>
      {open && <Text activity={activity} />}
    </details>
  );
}

function Text({ activity }: { activity: Activity }) {
  const runs = activity.steps.flatMap(({ hookRun }) => (hookRun === undefined ? [] : [hookRun]));
  const outputs = useQueries({ queries: runs.map(({ id }) => trpc.hooks.get.queryOptions({ id })) });
  const hooks = runs.map(({ name }, at) => {
    const { data, error } = outputs[at] ?? {};
    const words = data?.output ?? (error ? reportOf(error).message : 'being read …');
    return `\noutput of the hook ${name}:\n${words === '' ? 'nothing' : words}`;
  });
  const text = [activityText(activity), ...hooks].join('\n');
  return (
    <>
      {/* What scrolls must be reachable by the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={styles.text} aria-label="Output" data-testid="activity-output" tabIndex={0}>
        <pre>{text}</pre>
      </section>
      <CopyButton text={text} what="the output" label="Copy the output" testId="copy-output" />
    </>
  );
}
