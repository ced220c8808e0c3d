'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useEffect, useRef } from 'react';
import { useOverview } from '../../../_lib/live.tsx';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { History } from './history.tsx';
import { ImportLock } from './import-lock.tsx';
import { Verify } from './verify.tsx';

/** It reads the lock with its schemas, which no other page pays for. */
const InForce = dynamic(() => import('./in-force.tsx').then((module) => module.InForce), {
  ssr: false,
  loading: () => <Skeleton height="16rem" />,
});

/** What the lab was brought up with; and the way to the same lab elsewhere. */
export function LockPage() {
  const lock = useQuery(trpc.lock.show.queryOptions());
  const report = lock.error === null ? null : reportOf(lock.error);
  useFreshLock();
  return (
    <>
      <PageHead
        title="Lock"
        note="What this lab was last brought up with, exactly enough to do it again: here, or on another machine."
      />
      <Stack>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {lock.data === undefined && report === null && (
          <>
            <Loading what="the lock" />
            <Skeleton height="18rem" />
          </>
        )}
        {lock.data === null && (
          <Panel title="No lock yet" testId="lock-empty">
            <Empty>
              <p>It is written by the first start of the lab that succeeds, or taken from a file below.</p>
              <ButtonLink href="/" kind="primary">
                Go to the Overview
              </ButtonLink>
            </Empty>
          </Panel>
        )}
        {lock.data !== undefined && lock.data !== null && (
          <>
            <InForce lock={lock.data} />
            {/* What was found of one lock says nothing of the next. */}
            <Verify key={lock.data.sha256} />
          </>
        )}
        <ImportLock />
        {lock.data !== undefined && lock.data !== null && <History inForce={lock.data.id} />}
      </Stack>
    </>
  );
}

/** A start in a terminal writes a lock too: the overview tells of it. */
function useFreshLock(): void {
  const cache = useQueryClient();
  const sha256 = useOverview()?.lock?.sha256;
  const known = useRef(sha256);
  useEffect(() => {
    if (known.current === sha256) return;
    known.current = sha256;
    void cache.invalidateQueries({ queryKey: trpc.lock.show.queryKey() });
    void cache.invalidateQueries({ queryKey: trpc.lock.history.queryKey() });
  }, [cache, sha256]);
}
