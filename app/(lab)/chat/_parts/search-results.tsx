'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, type KeyboardEvent, type MouseEvent } from 'react';
import type { Piece, SearchResult } from '../../../../server/schemas/chat-search.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { Note } from '../../../_ui/note.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { chatHref, goToChat, placeOf } from './use-chat.ts';
import styles from './conversations.module.css';

interface SearchResultsProps {
  text: string;
  onChosen: () => void;
}

/** Conversations and messages that hold every word, each by its beginning. The arrow keys go through them. */
export function SearchResults({ text, onChosen }: SearchResultsProps) {
  const cache = useQueryClient();
  const asked = useDeferredValue(text.trim().slice(0, 200));
  const search = useQuery({
    ...trpc.chat.search.queryOptions({ text: asked }),
    placeholderData: keepPreviousData,
  });
  const select = useMutation(
    trpc.chat.select.mutationOptions({
      onSuccess: (conversation, { conversationId, messageId }) => {
        cache.setQueryData(trpc.chat.get.queryKey({ conversationId }), conversation);
        goToChat(conversationId, messageId);
        onChosen();
        // Where the conversation stands open already, nothing else would go there.
        requestAnimationFrame(() => document.getElementById(placeOf(messageId))?.scrollIntoView());
      },
    }),
  );
  const failed = search.error ?? select.error;
  const report = failed === null ? null : reportOf(failed);
  const open = (event: MouseEvent, { conversationId }: SearchResult, messageId?: string) => {
    // With a modifier key it opens in its own tab, as links do.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (messageId !== undefined) {
      // It may stand in a branch that is not shown.
      select.mutate({ conversationId, messageId });
      return;
    }
    goToChat(conversationId);
    onChosen();
  };
  const { data } = search;
  return (
    <>
      <output className="hear">{data === undefined ? '' : `${data.results.length} found`}</output>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {data?.results.length === 0 && <p className={styles.none}>Nothing holds all of these words.</p>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrow keys of the links within */}
      <ul className={styles.entries} data-testid="search-results" onKeyDown={moveFocus}>
        {data?.results.map((result) => (
          <li key={result.conversationId} className={styles.result}>
            <a
              className={styles.link}
              href={chatHref(result.conversationId)}
              onClick={(event) => open(event, result)}
            >
              <span className={styles.title}>
                <Pieces pieces={result.title} />
              </span>
              <span className={styles.when}>
                <Ago at={result.updatedAt} />
              </span>
            </a>
            {result.messages.map(({ id, role, words }) => (
              <a
                key={id}
                className={styles.hit}
                href={chatHref(result.conversationId, id)}
                onClick={(event) => open(event, result, id)}
              >
                <span className={styles.when}>{role === 'user' ? 'You: ' : 'Reply: '}</span>
                <Pieces pieces={words} />
              </a>
            ))}
          </li>
        ))}
      </ul>
      {data?.more === true && <p className={styles.none}>There is more: another word narrows it down.</p>}
    </>
  );
}

function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map(({ text, hit }, index) =>
    // They never move.
    // oxlint-disable-next-line react/no-array-index-key
    hit ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
  );
}

/** Up and down through the links; up from the first one goes back to the field. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const nav = event.currentTarget.closest('nav');
  const stops = [...(nav?.querySelectorAll<HTMLElement>('input[type=search], li > a') ?? [])];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
