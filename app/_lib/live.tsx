/** The live stream as React sees it: started once in the frame, read through the query cache anywhere. */
'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { applyLiveEvent, LIVE_ACTIVITIES, RECENT } from './live-cache.ts';
import { openLive } from './live-connection.ts';
import { trpc } from './trpc.ts';
import type { Activity, LabOverview } from './wire.ts';

/** A restart of a second or two is no news. */
const PATIENCE_MS = 2500;

/** Epoch milliseconds since when the server is silent; null while it answers. */
const DownSince = createContext<number | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const cache = useQueryClient();
  const [downSince, setDownSince] = useState<number | null>(null);
  useEffect(() => {
    let patience: ReturnType<typeof setTimeout> | undefined;
    const close = openLive({
      onEvent: (event) => applyLiveEvent(cache, event),
      onReachable: (reachable) => {
        if (reachable) {
          clearTimeout(patience);
          patience = undefined;
          setDownSince(null);
          return;
        }
        const since = Date.now();
        patience ??= setTimeout(() => setDownSince(since), PATIENCE_MS);
      },
    });
    return () => {
      clearTimeout(patience);
      close();
    };
  }, [cache]);
  return <DownSince value={downSince}>{children}</DownSince>;
}

export function useDownSince(): number | null {
  return useContext(DownSince);
}

/** The lab as last told; undefined until the first snapshot. Nothing is asked: the stream fills the cache. */
export function useOverview(): LabOverview | undefined {
  return useQuery({ ...trpc.lab.overview.queryOptions(), enabled: false }).data;
}

export function useLiveActivities(): Activity[] | undefined {
  return useQuery({ ...trpc.activity.list.queryOptions(LIVE_ACTIVITIES), enabled: false }).data;
}

export function useRunningActivity(): Activity | undefined {
  return useLiveActivities()?.find((one) => one.state === 'running');
}

/** The last metered requests, newest first. */
export function useRecentRequests() {
  return useQuery({ ...trpc.metrics.recent.queryOptions(RECENT), staleTime: Number.POSITIVE_INFINITY });
}
