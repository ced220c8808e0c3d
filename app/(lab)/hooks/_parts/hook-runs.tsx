'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { formatBytes } from '../../../../server/schemas/format.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { HookRun, HookView } from '../../../_lib/wire.ts';
import { STEP_STATES } from '../../../_lib/words.ts';
import { Note } from '../../../_ui/note.tsx';
import { Empty } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { State } from '../../../_ui/state.tsx';
import { Ago, Elapsed } from '../../../_ui/time.tsx';
import { useState } from 'react';
import styles from './hooks.module.css';

const LIVE_EVERY_MS = 1000;

/** `asked`: the run that a link from its activity points to. */
export function HookRuns({ hook, asked }: { hook: HookView; asked: string | null }) {
  if (hook.runs.length === 0) {
    return (
      <Empty>
        <p>
          It has never run. It runs with the next start of the lab, or now.{' '}
          <Link href="/activity">Activity</Link> has everything else that ran.
        </p>
      </Empty>
    );
  }
  return (
    <ul className={styles.runs}>
      {hook.runs.map((run, index) => (
        <Run key={run.id} run={run} opened={asked === null ? index === 0 : run.id === asked} />
      ))}
    </ul>
  );
}

function Run({ run, opened }: { run: HookRun; opened: boolean }) {
  const [open, setOpen] = useState(opened);
  const { tone, word } = STEP_STATES[run.state];
  return (
    <li className={styles.run} data-testid="hook-run" data-state={run.state}>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={styles.summary}>
          <State tone={tone}>{word}</State>
          <span>
            after <Elapsed from={run.startedAt} to={run.endedAt} />
          </span>
          {run.exitCode !== null && <span className="fig">exit code {run.exitCode}</span>}
          <span className={styles.when}>
            <Ago at={run.startedAt} />
          </span>
        </summary>
        {run.error !== null && <Note tone="bad" message={run.error.message} fix={run.error.fix} />}
        {open && <Output run={run} />}
      </details>
    </li>
  );
}

function Output({ run }: { run: HookRun }) {
  const { data, error } = useQuery({
    ...trpc.hooks.get.queryOptions({ id: run.id }),
    refetchInterval: run.state === 'running' ? LIVE_EVERY_MS : false,
  });
  if (error !== null) {
    const report = reportOf(error);
    return <Note tone="bad" role="alert" message={report.message} fix={report.fix} />;
  }
  if (data === undefined) return <Skeleton height="3rem" />;
  if (data.output === '') return <p className={styles.nothing}>It wrote nothing.</p>;
  return (
    <>
      {/* What scrolls must be reachable by the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={styles.output} aria-label="Output" data-testid="hook-output" tabIndex={0}>
        <pre>{data.output}</pre>
      </section>
      {data.file !== null && (
        <p className={styles.file}>
          {data.file.whole ? 'All of it' : 'The beginning of it'}, {formatBytes(data.file.bytes)}, is in{' '}
          <code>{data.file.path}</code>
        </p>
      )}
    </>
  );
}
