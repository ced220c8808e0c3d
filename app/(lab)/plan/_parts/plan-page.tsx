'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { plural } from '../../../../server/schemas/format.ts';
import { planHeadline } from '../../../../server/schemas/plan-words.ts';
import { useRunningActivity } from '../../../_lib/live.tsx';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { LabPlan } from '../../../_lib/wire.ts';
import { Button, ButtonLink } from '../../../_ui/button.tsx';
import { Fold } from '../../../_ui/fold.tsx';
import { Note } from '../../../_ui/note.tsx';
import { PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { ApplyBar } from './apply-bar.tsx';
import { PlanItems } from './plan-items.tsx';
import { PlanNeeds } from './plan-needs.tsx';
import styles from './plan.module.css';

/** What Start would do, before it does it. `starter`: with the starter model, where none is configured. */
export function PlanPage({ starter }: { starter: boolean }) {
  const query = useQuery({ ...trpc.lab.plan.queryOptions({ starter }), staleTime: 0 });
  const running = useRunningActivity();
  /** How often one asked to look again: what was said of an earlier plan goes then. */
  const [looks, setLooks] = useState(0);
  const lookAgain = () => {
    setLooks((count) => count + 1);
    void query.refetch();
  };
  const { data: plan, error } = query;
  if (plan === undefined) return error === null ? <PlanSkeleton /> : <NoPlan error={error} />;
  const own = plan.items.filter(({ action }) => action !== 'untracked');
  const beside = plan.items.filter(({ action }) => action === 'untracked');
  return (
    <>
      <PageHead
        title={planHeadline(plan)}
        note={labWords(plan)}
        aside={
          <div className={styles.actions}>
            <Button disabled={query.isFetching} onClick={lookAgain} data-testid="plan-again">
              {query.isFetching ? 'Looking…' : 'Look again'}
            </Button>
            {plan.possible && plan.changes === 0 && <ButtonLink href="/">Back to the Overview</ButtonLink>}
          </div>
        }
      />
      <Stack>
        {running !== undefined && (
          <Note
            tone="busy"
            message="Something is running now, so this plan may change. It can be applied when that has ended."
          />
        )}
        {plan.problems.map((problem) => (
          <Note key={problem.code + problem.message} tone="bad" message={problem.message} fix={problem.fix} />
        ))}
        <ApplyBar
          key={looks}
          plan={plan}
          starter={starter}
          busy={running !== undefined}
          onChanged={() => void query.refetch()}
        />
        {own.length > 0 && (
          <Panel title="What is done to each part" testId="plan-items">
            <PlanItems items={own} />
            {beside.length > 0 && (
              <Fold title={`${plural(beside.length, 'thing')} beside the lab, left alone`}>
                <PlanItems items={beside} />
              </Fold>
            )}
          </Panel>
        )}
        <PlanNeeds plan={plan} />
      </Stack>
    </>
  );
}

function labWords({ engine, engine_reason: reason, profile, model }: LabPlan): string {
  return `Engine ${engine}: ${reason}. Profile ${profile}. Model: ${model ?? 'none'}.`;
}

function NoPlan({ error }: { error: unknown }) {
  const { message, fix } = reportOf(error);
  return (
    <>
      <PageHead title="Plan" />
      <Note tone="bad" role="alert" message={message} fix={fix} />
    </>
  );
}

function PlanSkeleton() {
  return (
    <>
      <PageHead
        title="Plan"
        note="Looking at what is there, and asking registries for sizes. Nothing is changed."
      />
      <Loading what="the plan" />
      <Stack>
        <Skeleton height="11rem" />
        <Skeleton height="9rem" />
      </Stack>
    </>
  );
}
