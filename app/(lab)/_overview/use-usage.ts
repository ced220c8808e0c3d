'use client';

import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../_lib/trpc.ts';
import type { ItemUsage } from '../../_lib/wire.ts';

/** The server measures no more often than this. */
const EVERY_MS = 5000;
const NONE: ReadonlyMap<string, ItemUsage> = new Map();

/** CPU and memory of what runs, by name, for as long as a page shows them. */
export function useUsage(enabled: boolean): ReadonlyMap<string, ItemUsage> {
  const { data } = useQuery({
    ...trpc.lab.usage.queryOptions(),
    enabled,
    refetchInterval: EVERY_MS,
    retry: false,
  });
  if (!enabled || data === undefined) return NONE;
  return new Map(data.items.map((item) => [item.name, item]));
}
