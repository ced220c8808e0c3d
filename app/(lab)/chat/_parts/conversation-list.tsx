'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { plural } from '../../../../server/schemas/format.ts';
import { trpc } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { SaveIcon } from '../../../_ui/chat-icons.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { PlusIcon } from '../../../_ui/icons.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import type { ConversationSummary } from '../../../_lib/wire.ts';
import { ConversationEntry } from './conversation-entry.tsx';
import { moveFocus, SearchResults } from './search-results.tsx';
import { goToChat } from './use-chat.ts';
import styles from './conversations.module.css';

/** So many at first, and more with each press of the button. */
const PAGE = 100;

interface ConversationListProps {
  current: string | null;
  onChosen: () => void;
  onTransfer: () => void;
}

export function ConversationList({ current, onChosen, onTransfer }: ConversationListProps) {
  const cache = useQueryClient();
  const [limit, setLimit] = useState(PAGE);
  const list = useQuery({ ...trpc.chat.list.queryOptions({ limit }), placeholderData: keepPreviousData });
  const [search, setSearch] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useSlash(field);
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

  const searching = search.trim() !== '';
  return (
    <nav aria-label="Conversations" className={styles.list}>
      <Button className={styles.new} data-testid="chat-new" onClick={() => choose(null)}>
        <PlusIcon /> New conversation
      </Button>
      <input
        ref={field}
        className={styles.search}
        type="search"
        aria-label="Search in all conversations"
        aria-keyshortcuts="/"
        placeholder="Search ( / )"
        data-testid="chat-search"
        maxLength={200}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && search !== '') {
            event.preventDefault();
            setSearch('');
          } else moveFocus(event);
        }}
      />
      {searching && <SearchResults text={search} onChosen={onChosen} />}
      {list.data === undefined && list.error === null && <ListSkeleton />}
      {list.data?.length === 0 && <p className={styles.none}>Your conversations will be kept here.</p>}
      <ul className={styles.entries} hidden={searching}>
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
      {!searching && list.data?.length === limit && (
        <Button kind="quiet" small onClick={() => setLimit(limit + PAGE * 5)}>
          Show older ones
        </Button>
      )}
      <Button kind="quiet" small className={styles.transfer} data-testid="transfer" onClick={onTransfer}>
        <SaveIcon /> Export and import
      </Button>
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

/** `/` goes to the search, unless something is being written. */
function useSlash(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const writing = document.activeElement?.matches('input, textarea, select') === true;
      if (event.key !== '/' || writing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [field]);
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
