'use client';

import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { RequestTable } from '../../charts/_parts/request-table.tsx';
import { Waterfall } from '../../charts/_parts/waterfall.tsx';

const MOST = { limit: 200 };

/** The requests one by one; `?id=` opens one, as Chat's details do. */
export function RequestsPage() {
  const id = useSearchParams().get('id');
  const recent = useQuery(trpc.metrics.recent.queryOptions(MOST));
  const { data, error } = recent;
  return (
    <>
      <PageHead
        title="Requests"
        note="The most recent ones that passed the gateway: where their time went, and what they cost."
        aside={<ButtonLink href="/charts">Back to Metrics</ButtonLink>}
      />
      <Stack>
        {id !== null && <One id={id} />}
        {error !== null && <Note tone="bad" {...reportOf(error)} />}
        {data === undefined && error === null && <Skeleton height="20rem" />}
        {data !== undefined && (
          <Panel title={data.length < MOST.limit ? 'All requests' : `The last ${MOST.limit} requests`}>
            {data.length === 0 ? (
              <Empty>
                <p>No request has come yet. Ask something in Chat, or send one with a key.</p>
                <ButtonLink href="/chat" kind="primary">
                  Open Chat
                </ButtonLink>
              </Empty>
            ) : (
              <RequestTable rows={data} />
            )}
          </Panel>
        )}
      </Stack>
    </>
  );
}

function One({ id }: { id: string }) {
  const request = useQuery({ ...trpc.metrics.request.queryOptions({ id }), retry: false });
  return (
    <Panel title="This request">
      {request.error !== null && <Note tone="bad" {...reportOf(request.error)} />}
      {request.data === undefined && request.error === null && <Skeleton height="8rem" />}
      {request.data !== undefined && <Waterfall row={request.data} />}
    </Panel>
  );
}
