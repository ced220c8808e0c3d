/**
 * The one event stream of this tab, kept open: it comes back by itself after a break, going on after the last event
 * seen; it lets go while the tab is hidden for long, because a browser has only six connections for an origin.
 */
'use client';

import { client } from './trpc.ts';
import type { LiveEvent } from './wire.ts';

const HIDDEN_MS = 120_000;
const RETRY_MS = [500, 1000, 2000, 4000];

export interface LiveHandlers {
  onEvent(event: LiveEvent): void;
  /** True while events flow, or while the tab has let go on purpose. */
  onReachable(reachable: boolean): void;
}

/** Opens the stream; the answer closes it for good. */
export function openLive({ onEvent, onReachable }: LiveHandlers): () => void {
  let lastEventId: string | undefined;
  let attempt = 0;
  let subscription: { unsubscribe(): void } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  function connect(): void {
    clearTimeout(timer);
    subscription = client.live.events.subscribe(lastEventId === undefined ? {} : { lastEventId }, {
      onStarted: () => {
        attempt = 0;
        onReachable(true);
      },
      onData: ({ id, data }) => {
        lastEventId = id;
        onEvent(data);
      },
      onConnectionStateChange: ({ state, error }) => {
        if (state === 'connecting' && error !== null) onReachable(false);
      },
      onError: () => again(),
      onStopped: () => again(),
    });
  }

  function again(): void {
    if (closed || subscription === null) return;
    subscription = null;
    onReachable(false);
    timer = setTimeout(connect, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]);
    attempt += 1;
  }

  function release(): void {
    clearTimeout(timer);
    // Cleared first, so that the end of the stream does not count as a break.
    const old = subscription;
    subscription = null;
    old?.unsubscribe();
  }

  function onVisibility(): void {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(release, HIDDEN_MS);
    else if (subscription === null) connect();
  }

  document.addEventListener('visibilitychange', onVisibility);
  connect();
  return () => {
    closed = true;
    clearTimeout(hiddenTimer);
    document.removeEventListener('visibilitychange', onVisibility);
    release();
  };
}
