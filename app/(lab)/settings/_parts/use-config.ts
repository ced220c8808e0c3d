/** ai-lab.yaml in the page: what is on disk, what is typed over it, and what the server thinks of that. */
'use client';

import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useOverview, useRunningActivity } from '../../../_lib/live.tsx';
import { client, trpc } from '../../../_lib/trpc.ts';
import type { ConfigView } from '../../../_lib/wire.ts';
import { setDraft, settleDraft, useDraft } from './draft.ts';

const TYPED_FOR_MS = 300;

/** The file as it is now: asked for again when the live stream tells of another one. */
export function useConfigView() {
  const cache = useQueryClient();
  const view = useQuery(trpc.config.get.queryOptions());
  const shown = view.data?.sha256;
  const onDisk = useOverview()?.configSha256;
  const running = useRunningActivity()?.id;
  useEffect(() => {
    if (shown !== undefined && onDisk !== undefined && shown !== onDisk) void refresh(cache);
  }, [cache, shown, onDisk]);
  useEffect(() => {
    if (running === undefined) return undefined;
    // What an `up` was asked for holds as long as it runs.
    void refresh(cache);
    return () => void refresh(cache);
  }, [cache, running]);
  return view;
}

function refresh(cache: QueryClient): Promise<void> {
  return cache.invalidateQueries({ queryKey: trpc.config.get.queryKey() });
}

/** What is wrong with the text, from the server; `known` once that is about this very text. */
function useCheck(text: string, onDisk: string | null, wanted: boolean) {
  const settled = useSettled(text);
  const check = useQuery({
    // What a browser may write depends on what is there.
    queryKey: ['config-check', settled, onDisk],
    queryFn: ({ signal }) => client.config.checkText.mutate({ text: settled }, { signal }),
    enabled: wanted,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  return {
    problems: check.data,
    known: settled === text && check.data !== undefined && !check.isPlaceholderData,
    error: check.error,
  };
}

export function useConfigText(view: ConfigView) {
  const cache = useQueryClient();
  const draft = useDraft();
  const saved = view.text ?? '';
  const text = draft?.text ?? saved;
  const open = draft !== null || !view.valid;
  const check = useCheck(text, view.sha256, open);
  const write = useMutation(
    trpc.config.write.mutationOptions({
      onSuccess(next, sent) {
        cache.setQueryData(trpc.config.get.queryKey(), next);
        settleDraft(sent.text, next.sha256);
      },
      onError: () => refresh(cache),
    }),
  );
  /** Someone else has written the file under the unsaved text. */
  const conflict = draft !== null && draft.base !== view.sha256;
  return {
    text,
    unsaved: draft !== null,
    conflict,
    problems: draft === null ? view.problems : (check.problems ?? []),
    checking: open && !check.known,
    canSave: open && !conflict && check.known && check.problems?.length === 0 && !write.isPending,
    error: write.error ?? check.error,
    saved: write.isSuccess && draft === null,
    change(typed: string) {
      write.reset();
      // A text field knows one kind of line end; the file keeps its own.
      const next = saved.includes('\r\n') ? typed.replaceAll('\n', '\r\n') : typed;
      setDraft(next === saved ? null : { text: next, base: draft?.base ?? view.sha256 });
    },
    /** Keeps what is typed, as a change of the file that is there now. */
    keep: () => setDraft({ text, base: view.sha256 }),
    discard() {
      write.reset();
      setDraft(null);
    },
    save: () => write.mutate({ text, base: draft?.base ?? view.sha256 }),
  };
}

/** The value once it has stayed the same for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPED_FOR_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
