'use client';

import { Button } from '../../../_ui/button.tsx';
import { SlidersIcon } from '../../../_ui/chat-icons.tsx';
import { ListIcon, PlusIcon } from '../../../_ui/icons.tsx';
import { goToChat } from './use-chat.ts';
import styles from './chat.module.css';

interface ChatHeadProps {
  title: string;
  listOpen: boolean;
  onToggleList: () => void;
  /** How many settings differ from the defaults. */
  changed: number;
  settingsOpen: boolean;
  onToggleSettings: () => void;
}

/** The conversation's title; on a narrow screen also the way to the others. */
export function ChatHead(props: ChatHeadProps) {
  const { title, listOpen, onToggleList, changed, settingsOpen, onToggleSettings } = props;
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
        className={styles.settings}
        aria-expanded={settingsOpen}
        aria-controls="chat-settings"
        data-testid="settings-open"
        onClick={onToggleSettings}
      >
        <SlidersIcon />
        <span>
          <span className={styles.wide}>Settings</span>
          <span className="hear">Settings of this conversation</span>
          {changed > 0 && <span className={styles.changed}>{changed} changed</span>}
        </span>
      </Button>
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
