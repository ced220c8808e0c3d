/** The settings of the conversation that is shown, of a new one too: kept at once here, and soon on the server. */
'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ChatSettings } from '../../../../server/schemas/chat-settings.ts';
import { trpc } from '../../../_lib/trpc.ts';
import type { Conversation } from '../../../_lib/wire.ts';

const SAVED_AFTER_MS = 400;

export function useSettings(
  id: string | null,
  conversation: Conversation | undefined,
): { settings: ChatSettings; change: (settings: ChatSettings) => void; error: unknown } {
  const cache = useQueryClient();
  const [ofNew, setOfNew] = useState<ChatSettings>({});
  const save = useMutation(trpc.chat.setSettings.mutationOptions({ scope: { id: 'chat-settings' } }));
  const waiting = useRef<{
    id: string;
    timer: ReturnType<typeof setTimeout>;
    flush: () => void;
  } | null>(null);
  useEffect(() => {
    const held = waiting;
    return () => {
      clearTimeout(held.current?.timer);
      held.current?.flush();
    };
  }, []);

  function change(settings: ChatSettings): void {
    if (id === null) {
      setOfNew(settings);
      return;
    }
    const queryKey = trpc.chat.get.queryKey({ conversationId: id });
    // As it comes back from the server: what is absent there is not there at all.
    const stored = settings as Conversation['settings'];
    cache.setQueryData(queryKey, (before) => before && { ...before, settings: stored });
    if (waiting.current?.id !== id) waiting.current?.flush();
    clearTimeout(waiting.current?.timer);
    const flush = () => {
      waiting.current = null;
      save.mutate({ conversationId: id, settings });
    };
    waiting.current = { id, timer: setTimeout(flush, SAVED_AFTER_MS), flush };
  }

  return {
    settings: id === null ? ofNew : (conversation?.settings ?? {}),
    change,
    error: save.error,
  };
}
