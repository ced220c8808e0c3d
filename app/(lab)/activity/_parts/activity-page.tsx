'use client';

import { useQuery } from '@tanstack/react-query';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Stack } from '../../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { ActivityCard } from './activity-card.tsx';
import { runningFirst } from './activity-text.ts';

/** The record: kept over restarts of the server, changed live by its events. */
export function ActivityPage() {
  const list = useQuery(trpc.activity.list.queryOptions({ limit: 100 }));
  const report = list.error === null ? null : reportOf(list.error);
  return (
    <>
      <PageHead
        title="Activity"
        note="Everything that was started, stopped or fetched, from here or from a terminal."
      />
      <Stack>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {list.data === undefined && report === null && <ListSkeleton />}
        {list.data?.length === 0 && (
          <Empty>
            <p>Nothing has been started yet.</p>
            <ButtonLink href="/" kind="primary">
              Go to the Overview
            </ButtonLink>
          </Empty>
        )}
        {runningFirst(list.data ?? []).map((activity) => (
          <ActivityCard key={activity.id} activity={activity} />
        ))}
      </Stack>
    </>
  );
}

function ListSkeleton() {
  return (
    <>
      <Loading what="the activities" />
      <Skeleton height="8rem" />
      <Skeleton height="8rem" />
    </>
  );
}
