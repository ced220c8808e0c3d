'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { applyLiveEvent } from '../../../_lib/live-cache.ts';
import { useLiveActivities } from '../../../_lib/live.tsx';
import { trpc } from '../../../_lib/trpc.ts';
import { runsStamp } from './hook-words.ts';

/** The hooks with their runs, asked for anew whenever one begins or ends. */
export function useHooks() {
  const cache = useQueryClient();
  const stamp = runsStamp(useLiveActivities() ?? []);
  const last = useRef(stamp);
  useEffect(() => {
    if (last.current === stamp) return;
    last.current = stamp;
    void cache.invalidateQueries({ queryKey: trpc.hooks.pathKey() });
  }, [cache, stamp]);
  // What ran while no page of hooks was open is known only after asking.
  return useQuery({ ...trpc.hooks.list.queryOptions(), staleTime: 0 });
}

export function useRunNow() {
  const cache = useQueryClient();
  return useMutation(
    trpc.hooks.runNow.mutationOptions({
      onSuccess: (activity) => applyLiveEvent(cache, { type: 'activity', activity }),
    }),
  );
}

export function useConfirmHook() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: trpc.hooks.list.queryKey() });
  return useMutation(trpc.hooks.confirm.mutationOptions({ onSettled }));
}
