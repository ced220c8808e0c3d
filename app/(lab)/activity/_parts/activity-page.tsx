'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { ActivityCard } from './activity-card.tsx';
import { grouped } from './activity-text.ts';

/** The record: kept over restarts of the server, changed live by its events. */
export function ActivityPage() {
  const list = useQuery(trpc.activity.list.queryOptions({ limit: 100 }));
  const report = list.error === null ? null : reportOf(list.error);
  const { running, attention, record } = grouped(list.data ?? []);
  const groups = [
    { title: 'In progress', list: running },
    { title: 'Needs attention', list: attention },
    { title: 'Record', list: record },
  ].filter((group) => group.list.length > 0);
  return (
    <>
      <PageHead
        title="Activity"
        note={
          <>
            Everything that was started, stopped or fetched, from here or from a terminal. To ask someone for
            help, <Link href="/settings#support">make a support bundle</Link>.
          </>
        }
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
        {groups.map(({ title, list }) => (
          <Panel key={title} title={title} bare>
            <Stack>
              {list.map((activity) => (
                <ActivityCard key={activity.id} activity={activity} mendable={title === 'Needs attention'} />
              ))}
            </Stack>
          </Panel>
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
