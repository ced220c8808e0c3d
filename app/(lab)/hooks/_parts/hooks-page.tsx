'use client';

import Link from 'next/link';
import { reportOf } from '../../../_lib/trpc.ts';
import type { HookView } from '../../../_lib/wire.ts';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { State } from '../../../_ui/state.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { PHASES, standing } from './hook-words.ts';
import styles from './hooks.module.css';
import { useHooks } from './use-hooks.ts';

export function HooksPage() {
  const { data, error } = useHooks();
  const report = error === null ? null : reportOf(error);
  return (
    <>
      <PageHead
        title="Hooks"
        note="What runs around every start of the lab. They are written in ai-lab.yaml; here they are run, and every run leaves a receipt."
      />
      <Stack>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {data === undefined && report === null && (
          <>
            <Loading what="the hooks" />
            <Skeleton height="8rem" />
            <Skeleton height="8rem" />
          </>
        )}
        {data !== undefined &&
          PHASES.map(({ phase, title, note }) => (
            <Panel key={phase} title={title} note={note} testId={`hooks-${phase}`}>
              <HookRows hooks={data.filter((hook) => hook.phase === phase)} phase={phase} />
            </Panel>
          ))}
      </Stack>
    </>
  );
}

function HookRows({ hooks, phase }: { hooks: readonly HookView[]; phase: HookView['phase'] }) {
  if (hooks.length === 0) {
    return (
      <Empty>
        <p>
          None. Add one under <code>hooks: {`{ ${phase}: […] }`}</code> in ai-lab.yaml.
        </p>
      </Empty>
    );
  }
  return (
    <ul className={styles.rows}>
      {hooks.map((hook) => (
        <HookRow key={hook.name} hook={hook} />
      ))}
    </ul>
  );
}

function HookRow({ hook }: { hook: HookView }) {
  const { tone, word } = standing(hook);
  const [last] = hook.runs;
  return (
    <li className={styles.row} data-testid={`hook-${hook.name}`}>
      <span className={styles.main}>
        <Link href={`/hooks/${encodeURIComponent(hook.name)}`} className={styles.name}>
          {hook.name}
        </Link>
        {hook.type !== hook.name && <span className={styles.type}>{hook.type}</span>}
      </span>
      <span className={styles.standing}>
        <State tone={tone}>{word}</State>
        {last !== undefined && (
          <span className={styles.when}>
            <Ago at={last.startedAt} />
          </span>
        )}
      </span>
      {hook.notRun !== null && <span className={styles.why}>Because {hook.notRun}.</span>}
      {last?.error !== undefined && last.error !== null && (
        <span className={styles.why}>{last.error.message}</span>
      )}
    </li>
  );
}
