'use client';

import { Button } from '../../../_ui/button.tsx';
import { ListIcon, PlusIcon } from '../../../_ui/icons.tsx';
import { goToChat } from './use-chat.ts';
import styles from './chat.module.css';

interface ChatHeadProps {
  title: string;
  listOpen: boolean;
  onToggleList: () => void;
}

/** The conversation's title; on a narrow screen also the way to the others. */
export function ChatHead({ title, listOpen, onToggleList }: ChatHeadProps) {
  return (
    <header className={styles.head}>
      <Button
        kind="quiet"
        className={styles.narrow}
        aria-expanded={listOpen}
        aria-controls="conversations"
        aria-label="Conversations"
        onClick={onToggleList}
      >
        <ListIcon />
      </Button>
      <h1 className={styles.title}>{title}</h1>
      <Button
        kind="quiet"
        className={styles.narrow}
        aria-label="New conversation"
        onClick={() => goToChat(null)}
      >
        <PlusIcon />
      </Button>
    </header>
  );
}
