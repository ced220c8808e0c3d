/** Docker as a tab knows it: is it away, and how were its services when it was last seen? */
'use client';

import { skipToken, useQuery, type QueryClient } from '@tanstack/react-query';
import type { LabOverview, StatusItem } from './wire.ts';

export interface LastSeen {
  services: StatusItem[];
  /** Epoch milliseconds at which Docker fell silent; null while it answers. */
  lostAt: number | null;
}

const KEY = ['docker-last-seen'];

const servicesOf = ({ status }: LabOverview): StatusItem[] =>
  [...status.managed_items, ...status.missing_items].filter(({ domain }) => domain === 'service');

/** What Docker's silence sounds like, with its fix; null while it answers, or isn't asked. */
export function dockerAway(lab: LabOverview | undefined): string | null {
  if (lab?.engine !== 'docker') return null;
  const services = servicesOf(lab);
  const [first] = services;
  const all = services.every(({ health, error }) => health === 'unknown' && error === first?.error);
  return all ? (first?.error ?? null) : null;
}

/** Call it with each overview that arrives. */
export function rememberSeen(cache: QueryClient, lab: LabOverview): void {
  const known = cache.getQueryData<LastSeen>(KEY);
  const away = dockerAway(lab) !== null;
  cache.setQueryDefaults(KEY, { gcTime: Number.POSITIVE_INFINITY });
  if (!away) cache.setQueryData<LastSeen>(KEY, { services: servicesOf(lab), lostAt: null });
  else if (known?.lostAt === null) cache.setQueryData<LastSeen>(KEY, { ...known, lostAt: Date.now() });
}

/** The services as Docker last told them before it fell silent; null in a tab that has not seen them. */
export function useLastSeen(): LastSeen | null {
  return useQuery<LastSeen>({ queryKey: KEY, queryFn: skipToken }).data ?? null;
}
