/**
 * Replies that are being written, for this tab. They live outside React, so that a reply goes on while the user looks
 * at another page; the gateway stores what passes, so a run is only the live view of it.
 */
'use client';

import { useSyncExternalStore } from 'react';
import { samplingOf } from '../../server/schemas/chat-settings.ts';
import { ChatError, streamCompletion } from './completion.ts';
import { UNREACHABLE, type Report } from './report.ts';
import { authFetch } from './session.ts';
import { queryClient, trpc } from './trpc.ts';
import type { Turn } from './wire.ts';

export interface Run {
  readonly messageId: string;
  readonly conversationId: string;
  readonly state: 'waiting' | 'thinking' | 'writing' | 'ended' | 'failed';
  readonly text: string;
  readonly startedAt: number;
  readonly error: Report | null;
}

const runs = new Map<string, Run>();
const aborts = new Map<string, AbortController>();
const listeners = new Set<() => void>();

export const isLive = (run: Run | undefined): run is Run =>
  run !== undefined && run.state !== 'ended' && run.state !== 'failed';

function publish(run: Run): void {
  runs.set(run.messageId, run);
  for (const listener of listeners) listener();
}

function forget(messageId: string): void {
  if (!runs.delete(messageId)) return;
  for (const listener of listeners) listener();
}

/** Sends a turn and follows the reply to its end; never rejects. */
export async function startRun(turn: Turn): Promise<void> {
  const { messageId, messages } = turn;
  const conversationId = turn.conversation.id;
  const abort = new AbortController();
  let run: Run = {
    messageId,
    conversationId,
    state: 'waiting',
    text: '',
    startedAt: Date.now(),
    error: null,
  };
  aborts.set(messageId, abort);
  publish(run);
  const flush = perFrame(() => publish(run));
  try {
    for await (const event of streamCompletion({
      messages,
      sampling: samplingOf(turn.settings),
      messageId,
      signal: abort.signal,
      fetch: authFetch,
    })) {
      run =
        event.type === 'text'
          ? { ...run, state: 'writing', text: run.text + event.text }
          : { ...run, state: run.text === '' ? 'thinking' : 'writing' };
      flush.soon();
    }
    run = { ...run, state: 'ended' };
  } catch (error) {
    run = abort.signal.aborted
      ? { ...run, state: 'ended' }
      : { ...run, state: 'failed', error: error instanceof ChatError ? error.report : UNREACHABLE };
  }
  flush.now();
  aborts.delete(messageId);
  await settle(run);
}

/** Ends a reply early: the gateway keeps what has come so far. */
export function stopRun(messageId: string): void {
  aborts.get(messageId)?.abort();
}

/** The stored reply takes over from the live one, once the gateway has written it down. */
async function settle(run: Run): Promise<void> {
  void queryClient.invalidateQueries({ queryKey: trpc.chat.list.pathKey() });
  let stored = false;
  for (const pause of [0, 100, 300, 1000, 2000]) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    stored = await isStored(run);
    if (stored) break;
  }
  // What failed before the gateway could store anything is known to this run alone.
  if (stored || run.state === 'ended') forget(run.messageId);
}

async function isStored({ conversationId, messageId }: Run): Promise<boolean> {
  const query = trpc.chat.get.queryOptions({ conversationId }, { staleTime: 0 });
  try {
    const { messages } = await queryClient.fetchQuery(query);
    const message = messages.find((one) => one.id === messageId);
    return message === undefined || message.state !== 'streaming';
  } catch {
    return false;
  }
}

/** At most one call a frame; in a hidden tab, which has no frames, a few a second. */
function perFrame(call: () => void): { soon(): void; now(): void } {
  let waiting = false;
  const fire = () => {
    if (!waiting) return;
    waiting = false;
    call();
  };
  return {
    soon() {
      if (waiting) return;
      waiting = true;
      if (document.hidden) setTimeout(fire, 250);
      else requestAnimationFrame(fire);
    },
    now() {
      waiting = false;
      call();
    },
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useRun(messageId: string): Run | undefined {
  return useSyncExternalStore(
    subscribe,
    () => runs.get(messageId),
    () => undefined,
  );
}

/**
 * The reply that this tab writes in a conversation, by its name: that stays the same from token to token, so a page
 * that only needs to know of it is not drawn anew for each.
 */
export function useLiveMessage(conversationId: string | null): string | null {
  const find = () =>
    [...runs.values()].find((run) => run.conversationId === conversationId && isLive(run))?.messageId ?? null;
  return useSyncExternalStore(subscribe, find, () => null);
}
