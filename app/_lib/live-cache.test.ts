import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { activity, ledgerRow, overview, T0 } from './fixtures.ts';
import { applyLiveEvent, LIVE_ACTIVITIES, prependRequest, RECENT, upsertActivity } from './live-cache.ts';
import { trpc } from './trpc.ts';

describe('upsertActivity', () => {
  it('keeps an end that was told before the answer to who began it', () => {
    const ended = activity({ state: 'failed' });
    expect(upsertActivity([ended], activity({ state: 'running', endedAt: null }))).toEqual([ended]);
  });

  it('replaces what it knows and keeps the newest first', () => {
    const old = activity({ id: 'old', startedAt: T0 - 1000 });
    const running = activity({ id: 'new', state: 'running' });
    const once = upsertActivity([old], running);
    expect(once.map((one) => one.id)).toEqual(['new', 'old']);
    expect(upsertActivity(once, { ...running, state: 'done' }).map((one) => one.state)).toEqual([
      'done',
      'done',
    ]);
  });

  it('puts a late word about an old one in its place', () => {
    const list = [activity({ id: 'b', startedAt: T0 }), activity({ id: 'a', startedAt: T0 - 5 })];
    expect(upsertActivity(list, activity({ id: 'a', startedAt: T0 - 5 })).map((one) => one.id)).toEqual([
      'b',
      'a',
    ]);
  });
});

describe('prependRequest', () => {
  it('counts a request told twice once, and keeps to the limit', () => {
    const rows = [ledgerRow({ id: 'b' }), ledgerRow({ id: 'a', startedAt: T0 - 1 })];
    expect(prependRequest(rows, ledgerRow({ id: 'b', status: 500 }), 2).map((row) => row.status)).toEqual([
      500, 200,
    ]);
    expect(prependRequest(rows, ledgerRow({ id: 'c', startedAt: T0 + 1 }), 2).map((row) => row.id)).toEqual([
      'c',
      'b',
    ]);
  });
});

describe('applyLiveEvent', () => {
  const list = trpc.activity.list.queryKey(LIVE_ACTIVITIES);
  const long = trpc.activity.list.queryKey({ limit: 100 });
  const recent = trpc.metrics.recent.queryKey(RECENT);

  it('a snapshot fills, deltas change', () => {
    const cache = new QueryClient();
    applyLiveEvent(cache, { type: 'snapshot', overview: overview(), activities: [activity()] });
    expect(cache.getQueryData(trpc.lab.overview.queryKey())?.phase).toBe('running');
    applyLiveEvent(cache, { type: 'overview', overview: overview({ phase: 'stopped' }) });
    expect(cache.getQueryData(trpc.lab.overview.queryKey())?.phase).toBe('stopped');
    applyLiveEvent(cache, { type: 'activity', activity: activity({ id: 'a2', startedAt: T0 + 1 }) });
    expect(cache.getQueryData(list)?.map((one) => one.id)).toEqual(['a2', 'a1']);
  });

  it('a delta reaches every list of activities that is shown, and makes none', () => {
    const cache = new QueryClient();
    cache.setQueryData(long, [activity({ state: 'running' })]);
    applyLiveEvent(cache, { type: 'activity', activity: activity({ state: 'failed' }) });
    expect(cache.getQueryData(long)?.[0]?.state).toBe('failed');
    expect(cache.getQueryData(list)).toBeUndefined();
  });

  it('a request joins the recent ones and makes the charts old', () => {
    const cache = new QueryClient();
    const series = trpc.metrics.series.queryKey({ range: '15m' });
    cache.setQueryData(recent, [ledgerRow({ id: 'r0', startedAt: T0 - 1 })]);
    cache.setQueryData(series, undefined);
    cache.getQueryCache().build(cache, { queryKey: series });
    applyLiveEvent(cache, { type: 'request', request: ledgerRow() });
    expect(cache.getQueryData(recent)?.map((row) => row.id)).toEqual(['r1', 'r0']);
    expect(cache.getQueryState(series)?.isInvalidated).toBe(true);
  });

  it('a later snapshot makes old what the stream may have missed, the first one nothing', () => {
    const cache = new QueryClient();
    const snapshot = { type: 'snapshot' as const, overview: overview(), activities: [] };
    cache.setQueryData(recent, [ledgerRow()]);
    cache.setQueryData(long, [activity()]);
    applyLiveEvent(cache, snapshot);
    expect(cache.getQueryState(long)?.isInvalidated).toBe(false);
    applyLiveEvent(cache, snapshot);
    expect(cache.getQueryState(recent)?.isInvalidated).toBe(true);
    expect(cache.getQueryState(long)?.isInvalidated).toBe(true);
    expect(cache.getQueryState(list)?.isInvalidated).toBe(false);
  });
});
