/** One conversation: what is in it, and how to go on. */
'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { startRun, useFollowing } from '../../../_lib/chat-runs.ts';
import { trpc } from '../../../_lib/trpc.ts';
import type { Conversation, Turn } from '../../../_lib/wire.ts';

/** The conversation named in the address; null is a new one. Kept there, so that Back and reload work. */
export function useConversationId(): string | null {
  return useSearchParams().get('c');
}

/** `messageId`: the place in the conversation to begin at. */
export function chatHref(id: string | null, messageId?: string): string {
  if (id === null) return '/chat';
  return `/chat?c=${encodeURIComponent(id)}${messageId === undefined ? '' : `#${placeOf(messageId)}`}`;
}

/** The element's id of a message. */
export const placeOf = (messageId: string) => `m-${messageId}`;

/** Changes the address without asking the server for the page again. */
export function goToChat(id: string | null, messageId?: string): void {
  history.pushState(null, '', chatHref(id, messageId));
}

export function useConversation(id: string | null) {
  const conversation = useQuery({
    ...trpc.chat.get.queryOptions({ conversationId: id ?? '' }),
    enabled: id !== null,
  });
  useFollowing(conversation.data);
  return conversation;
}

/** Sends words, or asks for an answer again; the reply then runs by itself. */
export function useTurns() {
  const cache = useQueryClient();
  const onSuccess = (turn: Turn) => {
    const { id } = turn.conversation;
    cache.setQueryData(trpc.chat.get.queryKey({ conversationId: id }), turn.conversation);
    void cache.invalidateQueries({ queryKey: trpc.chat.list.pathKey() });
    void startRun(turn);
  };
  const send = useMutation(trpc.chat.turn.mutationOptions({ onSuccess }));
  const regenerate = useMutation(trpc.chat.regenerate.mutationOptions({ onSuccess }));
  return { send, regenerate };
}

/** Moves between the branches of a conversation, and removes one. */
export function useBranches() {
  const cache = useQueryClient();
  const onSuccess = (conversation: Conversation) =>
    cache.setQueryData(trpc.chat.get.queryKey({ conversationId: conversation.id }), conversation);
  const select = useMutation(trpc.chat.select.mutationOptions({ onSuccess }));
  const prune = useMutation(
    trpc.chat.prune.mutationOptions({
      onSuccess: (conversation) => {
        onSuccess(conversation);
        return cache.invalidateQueries({ queryKey: trpc.chat.list.pathKey() });
      },
    }),
  );
  return { select, prune };
}
