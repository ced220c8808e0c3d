'use client';

import { useParams, useSearchParams } from 'next/navigation';
import { useRunningActivity } from '../../../_lib/live.tsx';
import { reportOf } from '../../../_lib/trpc.ts';
import type { HookView } from '../../../_lib/wire.ts';
import { Button, ButtonLink } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { ConfirmCommand } from './confirm-command.tsx';
import { HookFacts } from './hook-facts.tsx';
import { HookRuns } from './hook-runs.tsx';
import { PHASES } from './hook-words.ts';
import { useHooks, useRunNow } from './use-hooks.ts';

export function HookPage() {
  const name = decodeURIComponent(String(useParams()['name']));
  const asked = useSearchParams().get('run');
  const { data, error } = useHooks();
  const report = error === null ? null : reportOf(error);
  const hook = data?.find((each) => each.name === name);
  const phase = PHASES.find((each) => each.phase === hook?.phase);
  return (
    <>
      <PageHead
        title={name}
        note={phase === undefined ? undefined : `A hook: runs ${phase.short}.`}
        aside={<ButtonLink href="/hooks">All hooks</ButtonLink>}
      />
      <Stack>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {data === undefined && report === null && (
          <>
            <Loading what="the hook" />
            <Skeleton height="10rem" />
          </>
        )}
        {data !== undefined && hook === undefined && (
          <Empty>
            <p>There is no hook of that name in ai-lab.yaml any more.</p>
            <ButtonLink href="/hooks" kind="primary">
              All hooks
            </ButtonLink>
          </Empty>
        )}
        {hook !== undefined && <OneHook hook={hook} asked={asked} />}
      </Stack>
    </>
  );
}

function OneHook({ hook, asked }: { hook: HookView; asked: string | null }) {
  const run = useRunNow();
  const busy = useRunningActivity() !== undefined;
  const report = run.error === null ? null : reportOf(run.error);
  return (
    <>
      {!hook.confirmed && <ConfirmCommand hook={hook} />}
      <Panel
        title="Configuration"
        aside={
          <Button
            kind={hook.confirmed ? 'primary' : 'plain'}
            data-testid="run-now"
            disabled={run.isPending || busy || !hook.confirmed}
            title={busy ? 'Another activity is running.' : undefined}
            onClick={() => run.mutate({ name: hook.name })}
          >
            Run now
          </Button>
        }
      >
        <HookFacts hook={hook} />
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      </Panel>
      <Panel title="Last runs">
        <HookRuns hook={hook} asked={asked} />
      </Panel>
    </>
  );
}
