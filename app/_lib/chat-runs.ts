/**
 * Replies that are being written, as this tab sees them. They live outside React, so that a reply goes on while the
 * user looks at another page. The server owns the reply and stores it: a run is a live view of one, begun by this tab
 * or followed, as after a reload.
 */
'use client';

import { useEffect, useSyncExternalStore } from 'react';
import { samplingOf } from '../../server/schemas/chat-settings-words.ts';
import { ChatError, streamCompletion, type CompletionEvent } from './completion.ts';
import { UNREACHABLE, type Report } from './report.ts';
import { authFetch } from './session.ts';
import { client, queryClient, trpc } from './trpc.ts';
import type { Conversation, Turn } from './wire.ts';

export interface Run {
  readonly messageId: string;
  readonly conversationId: string;
  readonly state: 'waiting' | 'thinking' | 'writing' | 'ended' | 'failed';
  readonly text: string;
  /** What the model tells itself before it answers, and for how long it has; null before the first of it. */
  readonly thought: string;
  readonly thoughtMs: number | null;
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
  let run = newRun(conversationId, messageId);
  let thoughtSince = 0;
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
      if (event.type === 'thought' && run.thoughtMs === null) thoughtSince = performance.now();
      run = grown(run, event, performance.now() - thoughtSince);
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
  // Only this tab lost the reply: the server goes on writing it.
  if (run.error === UNREACHABLE) await follow(run);
  else await settle(run);
}

/** `thoughtMs`: milliseconds since its first thought. */
function grown(run: Run, event: CompletionEvent, thoughtMs: number): Run {
  if (event.type === 'thought')
    return { ...run, state: 'thinking', thought: run.thought + event.text, thoughtMs };
  // The thinking lasts until the answer's first word.
  const lasted = run.text === '' && run.thoughtMs !== null ? thoughtMs : run.thoughtMs;
  return { ...run, state: 'writing', text: run.text + event.text, thoughtMs: lasted };
}

function newRun(conversationId: string, messageId: string): Run {
  return {
    messageId,
    conversationId,
    state: 'waiting',
    text: '',
    thought: '',
    thoughtMs: null,
    startedAt: Date.now(),
    error: null,
  };
}

/** Shows a reply that the server is writing, from its start to its end. After a break it is told from the start. */
async function follow(begun: Run): Promise<void> {
  let run = begun;
  const flush = perFrame(() => publish(run));
  await new Promise<void>((resolve) => {
    client.chat.follow.subscribe(
      { messageId: run.messageId },
      {
        onData({ whole, text, thought, thoughtMs, startedAt }) {
          run = {
            ...run,
            error: null,
            text: whole ? text : run.text + text,
            thought: whole ? thought : run.thought + thought,
            thoughtMs,
            startedAt,
          };
          run = { ...run, state: run.text !== '' ? 'writing' : run.thought !== '' ? 'thinking' : 'waiting' };
          flush.soon();
        },
        onError: () => resolve(),
        onComplete: () => resolve(),
      },
    );
  });
  run = { ...run, state: run.error === null ? 'ended' : 'failed' };
  flush.now();
  await settle(run);
}

/** Follows the replies of a conversation that are being written, but not by this tab. */
export function useFollowing(conversation: Conversation | undefined): void {
  useEffect(() => {
    for (const { id, state } of conversation?.messages ?? []) {
      if (conversation === undefined || state !== 'streaming' || runs.has(id)) continue;
      const run = newRun(conversation.id, id);
      publish(run);
      void follow(run);
    }
  }, [conversation]);
}

/** Ends a reply early, whoever asked for it: the server keeps what has come so far. */
export function stopRun(messageId: string): void {
  void client.chat.stop
    .mutate({ messageId })
    .catch(() => undefined)
    .finally(() => aborts.get(messageId)?.abort());
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
