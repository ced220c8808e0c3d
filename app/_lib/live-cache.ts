/** Live events into the query cache: what pages read is what the server last said. */
import type { QueryClient } from '@tanstack/react-query';
import { rememberSeen } from './docker.ts';
import { atMostEvery } from './throttle.ts';
import { trpc } from './trpc.ts';
import type { Activity, LabOverview, LedgerRow, LiveEvent } from './wire.ts';

/** The list that snapshots fill; the Activity page asks for a longer one under its own key. */
export const LIVE_ACTIVITIES = { limit: 20 };
export const RECENT = { limit: 50 };
const MOST_ACTIVITIES = 200;

/** Newest first. An event told twice, as after a reconnect, changes nothing; what has ended stays ended. */
export function upsertActivity(list: readonly Activity[], changed: Activity): Activity[] {
  // The answer to who began it may come after the news of its end.
  const known = list.find((one) => one.id === changed.id);
  if (known !== undefined && known.endedAt !== null && changed.endedAt === null) return [...list];
  return [changed, ...list.filter((one) => one.id !== changed.id)]
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, MOST_ACTIVITIES);
}

export function prependRequest(rows: readonly LedgerRow[], row: LedgerRow, limit: number): LedgerRow[] {
  return [row, ...rows.filter((one) => one.id !== row.id)]
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, limit);
}

/** Under load requests come by the dozen; the charts are asked for anew once a second at most. */
const ageSeries = new WeakMap<QueryClient, () => void>();

function seriesAger(cache: QueryClient): () => void {
  const known = ageSeries.get(cache);
  if (known !== undefined) return known;
  const queryKey = trpc.metrics.series.pathKey();
  const made = atMostEvery(1000, () => void cache.invalidateQueries({ queryKey }));
  ageSeries.set(cache, made);
  return made;
}

export function applyLiveEvent(cache: QueryClient, event: LiveEvent): void {
  const lists = { queryKey: trpc.activity.list.pathKey() };
  switch (event.type) {
    case 'snapshot':
      if (cache.getQueryData(trpc.lab.overview.queryKey()) !== undefined) {
        // A later snapshot means a break: what pages asked for themselves may have missed something.
        void cache.invalidateQueries(lists);
        void cache.invalidateQueries({ queryKey: trpc.metrics.pathKey() });
        void cache.invalidateQueries({ queryKey: trpc.chat.pathKey() });
      }
      setOverview(cache, event.overview);
      cache.setQueryData(trpc.activity.list.queryKey(LIVE_ACTIVITIES), event.activities);
      return;
    case 'overview':
      setOverview(cache, event.overview);
      return;
    case 'activity':
      cache.setQueriesData<Activity[]>(lists, (list) => list && upsertActivity(list, event.activity));
      return;
    case 'chats':
      void cache.invalidateQueries({ queryKey: trpc.chat.pathKey() });
      return;
    case 'request':
      cache.setQueryData(
        trpc.metrics.recent.queryKey(RECENT),
        (rows) => rows && prependRequest(rows, event.request, RECENT.limit),
      );
      seriesAger(cache)();
  }
}

function setOverview(cache: QueryClient, overview: LabOverview): void {
  cache.setQueryData(trpc.lab.overview.queryKey(), overview);
  rememberSeen(cache, overview);
}
