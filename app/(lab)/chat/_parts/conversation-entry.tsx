'use client';

import { useState, type KeyboardEvent } from 'react';
import type { ConversationSummary } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { PencilIcon, TrashIcon } from '../../../_ui/icons.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { chatHref } from './use-chat.ts';
import styles from './conversations.module.css';

interface EntryProps {
  conversation: ConversationSummary;
  current: boolean;
  onChoose: () => void;
  onRename: (title: string) => void;
  onDelete: () => void;
}

export function ConversationEntry({ conversation, current, onChoose, onRename, onDelete }: EntryProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const { title } = conversation;
  if (draft !== null) {
    const finish = (keep: boolean) => {
      const words = draft.trim();
      if (keep && words !== '' && words !== title) onRename(words);
      setDraft(null);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Enter') finish(true);
      if (event.key === 'Escape') finish(false);
    };
    return (
      <li className={styles.entry}>
        <input
          className={styles.rename}
          aria-label="New title"
          value={draft}
          maxLength={200}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the field stands where the pressed button was
          autoFocus
          onFocus={(event) => event.target.select()}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={() => finish(true)}
        />
      </li>
    );
  }
  return (
    <li className={styles.entry} data-current={current || undefined}>
      <a
        className={styles.link}
        href={chatHref(conversation.id)}
        aria-current={current ? 'page' : undefined}
        onClick={(event) => {
          // With a modifier key it opens in its own tab, as links do.
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onChoose();
        }}
      >
        <span className={styles.title}>{title}</span>
        <span className={styles.when}>
          <Ago at={conversation.updatedAt} />
        </span>
      </a>
      <span className={styles.tools}>
        <Button
          kind="quiet"
          small
          aria-label={`Rename ${title}`}
          title="Rename"
          onClick={() => setDraft(title)}
        >
          <PencilIcon />
        </Button>
        <Button kind="quiet" small aria-label={`Delete ${title}`} title="Delete" onClick={onDelete}>
          <TrashIcon />
        </Button>
      </span>
    </li>
  );
}
