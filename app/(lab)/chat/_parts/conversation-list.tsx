'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { plural } from '../../../../server/schemas/format.ts';
import { trpc } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { PlusIcon } from '../../../_ui/icons.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import type { ConversationSummary } from '../../../_lib/wire.ts';
import { ConversationEntry } from './conversation-entry.tsx';
import { goToChat } from './use-chat.ts';
import styles from './conversations.module.css';

/** So many at first, and more with each press of the button. */
const PAGE = 100;

interface ConversationListProps {
  current: string | null;
  onChosen: () => void;
}

export function ConversationList({ current, onChosen }: ConversationListProps) {
  const cache = useQueryClient();
  const [limit, setLimit] = useState(PAGE);
  const list = useQuery({ ...trpc.chat.list.queryOptions({ limit }), placeholderData: keepPreviousData });
  const [deleting, setDeleting] = useState<ConversationSummary | null>(null);
  const refresh = () => cache.invalidateQueries({ queryKey: trpc.chat.pathKey() });
  const rename = useMutation(trpc.chat.rename.mutationOptions({ onSuccess: refresh }));
  const remove = useMutation(
    trpc.chat.remove.mutationOptions({
      onSuccess: (_nothing, { conversationId }) => {
        cache.removeQueries({ queryKey: trpc.chat.get.queryKey({ conversationId }) });
        if (conversationId === current) goToChat(null);
        return cache.invalidateQueries({ queryKey: trpc.chat.list.pathKey() });
      },
    }),
  );
  const choose = (id: string | null) => {
    goToChat(id);
    onChosen();
  };

  return (
    <nav aria-label="Conversations" className={styles.list}>
      <Button className={styles.new} data-testid="chat-new" onClick={() => choose(null)}>
        <PlusIcon /> New conversation
      </Button>
      {list.data === undefined && list.error === null && <ListSkeleton />}
      {list.data?.length === 0 && <p className={styles.none}>Your conversations will be kept here.</p>}
      <ul className={styles.entries}>
        {list.data?.map((conversation) => (
          <ConversationEntry
            key={conversation.id}
            conversation={conversation}
            current={conversation.id === current}
            onChoose={() => choose(conversation.id)}
            onRename={(title) => rename.mutate({ conversationId: conversation.id, title })}
            onDelete={() => setDeleting(conversation)}
          />
        ))}
      </ul>
      {list.data !== undefined && list.data.length === limit && (
        <Button kind="quiet" small onClick={() => setLimit(limit + PAGE * 5)}>
          Show older ones
        </Button>
      )}
      {deleting !== null && (
        <Confirm
          title="Delete this conversation?"
          action="Delete"
          onClose={() => setDeleting(null)}
          onConfirm={() => remove.mutate({ conversationId: deleting.id })}
        >
          “{deleting.title}”, {plural(deleting.messageCount, 'message')}. It cannot be brought back.
        </Confirm>
      )}
    </nav>
  );
}

function ListSkeleton() {
  return (
    <div className={styles.entries}>
      <Skeleton height="2.25rem" />
      <Skeleton height="2.25rem" />
      <Skeleton height="2.25rem" />
    </div>
  );
}
