/** The unsaved text of ai-lab.yaml. It outlives the page within this tab; the browser asks before it closes over it. */
'use client';

import { useSyncExternalStore } from 'react';

export interface Draft {
  text: string;
  /** SHA-256 of the file that it was made from; null: there was none. */
  base: string | null;
}

let draft: Draft | null = null;
const listeners = new Set<() => void>();

function askBeforeClosing(event: BeforeUnloadEvent) {
  event.preventDefault();
}

export function setDraft(next: Draft | null): void {
  draft = next;
  if (next === null) removeEventListener('beforeunload', askBeforeClosing);
  else addEventListener('beforeunload', askBeforeClosing);
  for (const listener of listeners) listener();
}

/** After a save: what was typed meanwhile stays, as a change of the file that is there now. */
export function settleDraft(saved: string, base: string | null): void {
  setDraft(draft === null || draft.text === saved ? null : { text: draft.text, base });
}

export function useDraft(): Draft | null {
  return useSyncExternalStore(
    subscribe,
    () => draft,
    () => null,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
