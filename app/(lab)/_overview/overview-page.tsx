'use client';

import { memo, useDeferredValue, useMemo } from 'react';
import { useDownSince, useLiveActivities, useOverview, useRecentRequests } from '../../_lib/live.tsx';
import type { Activity, LabOverview, LedgerRow } from '../../_lib/wire.ts';
import { FailureNote } from '../../_explain/failure-note.tsx';
import { Stack } from '../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../_ui/skeleton.tsx';
import type { Need } from './choice-words.ts';
import { FirstQuestion } from './first-question.tsx';
import { Found } from './found.tsx';
import { HeadlineBar } from './headline-bar.tsx';
import { Items } from './items.tsx';
import { Lack } from './lack.tsx';
import { Services } from './services.tsx';
import { LabFacts } from './lab-facts.tsx';
import { Stages } from './stages.tsx';
import { StarterCard } from './starter-card.tsx';
import { useLack } from './use-choices.ts';
import { actions, headline, lastKnown, shownActivity, troubles } from './view.ts';

/** What comes is drawn in short pieces, between which the page answers to its user. */
export function OverviewPage() {
  const lab = useOverview();
  const activities = useLiveActivities();
  const { data: recent, isPending } = useRecentRequests();
  const down = useDownSince() !== null;
  const lack = useLack(lab);
  const known = useMemo(
    () =>
      lab === undefined || activities === undefined || isPending
        ? null
        : { lab, activities, recent, down, lack },
    [lab, activities, recent, isPending, down, lack],
  );
  const shown = useDeferredValue(known);
  return shown === null ? <OverviewSkeleton /> : <Overview {...shown} />;
}

interface OverviewProps {
  lab: LabOverview;
  activities: readonly Activity[];
  recent: readonly LedgerRow[] | undefined;
  /** The server is silent. */
  down: boolean;
  lack: readonly Need[];
}

const Overview = memo(function Overview({ lab, activities, recent, down, lack }: OverviewProps) {
  const running = activities.find((one) => one.state === 'running');
  const shown = shownActivity(activities, lab);
  const speed = recent?.find((row) => row.outcome === 'ok' && row.tokensPerSecond !== null)?.tokensPerSecond;
  const attention = troubles(lab).filter(({ message }) => !lack.some(({ found }) => found === message));
  const plain = headline(lab, running, speed ?? null);
  // What can't be started is not called ready.
  const told = lack.length > 0 && plain.tone === 'idle' ? { ...plain, detail: null } : plain;
  const possible = down ? [] : actions(lab, running).filter((one) => one !== 'start' || lack.length === 0);
  // Never asked anything: the question itself is the next action then, in a place of its own.
  const first = recent?.length === 0 && possible[0] === 'chat';
  const offered = first ? possible.filter((one) => one !== 'chat') : possible;
  return (
    <>
      <HeadlineBar lab={lab} running={running} headline={down ? lastKnown(told) : told} offered={offered} />
      <Stack>
        {first && <FirstQuestion />}
        <Lack lab={lab} lack={lack} busy={running !== undefined || down} />
        {attention.length > 0 && (
          <section aria-label="Needs you" data-testid="attention">
            <Stack>
              {attention.map((one) => (
                <FailureNote
                  key={one.code + one.message}
                  tone={toneOf(one.code)}
                  report={one}
                  busy={running !== undefined || down}
                />
              ))}
            </Stack>
          </section>
        )}
        {lab.starter !== null && running === undefined && <StarterCard lab={lab} starter={lab.starter} />}
        {lab.starter !== null && running === undefined && <Found />}
        {/* An end before the first step is told above. */}
        {shown !== undefined && (shown.steps.length > 0 || shown.state === 'running') && (
          <Stages activity={shown} lab={lab} />
        )}
        <Services lab={lab} busy={running !== undefined || down} />
        <Items lab={lab} busy={running !== undefined || down} />
        <LabFacts
          lab={lab}
          busy={running !== undefined || down}
          last={activities.find((one) => one.endedAt !== null)}
        />
      </Stack>
    </>
  );
});

/** What keeps the lab from working is bad; what only wants to be known is a warning. */
function toneOf(code: string): 'bad' | 'warn' {
  return code === 'interrupted' || code === 'memory_tight' || code === 'gpu_partly_used' ? 'warn' : 'bad';
}

function OverviewSkeleton() {
  return (
    <>
      <Loading what="the lab" />
      <h1 className="hear">Overview</h1>
      <Stack>
        <Skeleton height="2.5rem" width="28rem" />
        <Skeleton height="13rem" />
        <Skeleton height="9rem" />
      </Stack>
    </>
  );
}
