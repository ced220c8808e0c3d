/**
 * One question answered by another model: the lab is switched to it, answers, and is switched back. It lives outside
 * React, so that it goes on while the user looks at another page of this tab. One at a time: there is one runtime.
 */
'use client';

import { useSyncExternalStore } from 'react';
import type { ChatSettings } from '../../server/schemas/chat-settings.ts';
import { startRun, stopRun } from './chat-runs.ts';
import type { Report } from './report.ts';
import { client, queryClient, reportOf, trpc } from './trpc.ts';
import type { ModelEntry } from './wire.ts';

export interface ComparisonStep {
  words: string;
  startedAt: number;
  endedAt: number | null;
  failed: boolean;
}

export interface Comparison {
  conversationId: string;
  state: 'switching' | 'answering' | 'returning' | 'ended';
  steps: readonly ComparisonStep[];
  /** The reply of the other model, once it has begun. */
  messageId: string | null;
  error: Report | null;
  /** Which model the lab has now, in a sentence; null until it has ended. */
  outcome: string | null;
}

interface Asked {
  conversationId: string;
  /** The reply beside which the other one is written. */
  messageId: string;
  settings: ChatSettings;
  /** The lab's model, and the one to compare it with. */
  before: ModelEntry;
  other: ModelEntry;
  goBack: boolean;
}

const POLL_MS = 400;

let current: Comparison | null = null;
let cancelled = false;
let activityId: string | null = null;
const listeners = new Set<() => void>();

function publish(next: Comparison | null): void {
  current = next;
  for (const listener of listeners) listener();
}

function change(part: Partial<Comparison>): void {
  if (current !== null) publish({ ...current, ...part });
}

export const isComparing = () => current !== null && current.state !== 'ended';

/** Does it all; never rejects. Nothing happens while another one runs. */
export async function compareModels(asked: Asked): Promise<void> {
  if (isComparing()) return;
  const { conversationId, before, other } = asked;
  cancelled = false;
  addEventListener('beforeunload', warn);
  publish({ conversationId, state: 'switching', steps: [], messageId: null, error: null, outcome: null });
  let switched = false;
  try {
    switched = true;
    await step(`Switch the lab to ${other.title}`, () => switchTo(other));
    if (!cancelled) {
      change({ state: 'answering' });
      await step(`${other.title} answers`, () => answer(asked));
    }
  } catch (error) {
    change({ error: reportOf(error) });
  }
  const failed = current?.error !== null;
  const back = switched && (asked.goBack || cancelled || failed);
  let keeps = other.title;
  if (back) {
    change({ state: 'returning' });
    try {
      await step(`Switch the lab back to ${before.title}`, () => switchTo(before));
      keeps = before.title;
    } catch (error) {
      change({ error: reportOf(error) });
      keeps = `what the Overview shows: the way back to ${before.title} failed`;
    }
  }
  removeEventListener('beforeunload', warn);
  const how = cancelled ? 'Cancelled. ' : '';
  change({ state: 'ended', outcome: `${how}The lab has ${back ? '' : 'kept '}${keeps}.` });
}

/** Ends what runs now; the lab goes back to the model it had. */
export function cancelComparison(): void {
  if (current === null || current.state === 'returning' || current.state === 'ended') return;
  cancelled = true;
  if (activityId !== null) void client.activity.cancel.mutate({ id: activityId }).catch(() => undefined);
  if (current.messageId !== null) stopRun(current.messageId);
}

/** Forgets one that has ended. */
export function clearComparison(): void {
  if (!isComparing()) publish(null);
}

async function step(words: string, work: () => Promise<void>): Promise<void> {
  const begun: ComparisonStep = { words, startedAt: Date.now(), endedAt: null, failed: false };
  change({ steps: [...(current?.steps ?? []), begun] });
  const end = (failed: boolean) => {
    const ended = { ...begun, endedAt: Date.now(), failed };
    change({ steps: (current?.steps ?? []).map((one) => (one === begun ? ended : one)) });
  };
  try {
    await work();
    end(false);
  } catch (error) {
    end(true);
    throw error;
  }
}

/** As the Models page and the Overview do it: ai-lab.yaml, then an `up` that is recorded as an activity. */
async function switchTo(model: ModelEntry): Promise<void> {
  await client.models.use.mutate({ id: model.id });
  if (cancelled && current?.state === 'switching') return;
  let activity = await client.lab.up.mutate({ starter: false });
  activityId = activity.id;
  try {
    while (activity.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      activity = await client.activity.get.query({ id: activity.id });
    }
  } finally {
    activityId = null;
  }
  const wasCancelled = cancelled && activity.state === 'cancelled';
  if (activity.state === 'done' || wasCancelled) return;
  throw new Error(activity.error?.message ?? `The start of ${model.title} ended as ${activity.state}.`);
}

async function answer({ conversationId, messageId, settings }: Asked): Promise<void> {
  const turn = await client.chat.regenerate.mutate({ conversationId, messageId, settings });
  queryClient.setQueryData(trpc.chat.get.queryKey({ conversationId }), turn.conversation);
  change({ messageId: turn.messageId });
  await startRun(turn);
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useComparison(): Comparison | null {
  return useSyncExternalStore(
    subscribe,
    () => current,
    () => null,
  );
}
