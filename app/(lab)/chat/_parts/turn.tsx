'use client';

import { useState } from 'react';
import type { ChatSettings } from '../../../../server/schemas/chat-settings.ts';
import { settingWords } from '../../../../server/schemas/chat-settings-words.ts';
import type { ChatMessage } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { SideBySideIcon } from '../../../_ui/chat-icons.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { PencilIcon, TrashIcon } from '../../../_ui/icons.tsx';
import { BranchSwitch } from './branch-switch.tsx';
import { EditQuestion } from './edit-question.tsx';
import { FileChips } from './file-chips.tsx';
import { Question, Reply } from './message.tsx';
import { placeOf } from './use-chat.ts';
import styles from './turn.module.css';

export interface TurnActions {
  /** Nothing can be asked now; also while a reply is written. */
  idle: boolean;
  onEdit: (messageId: string, text: string) => void;
  onRegenerate: (messageId: string) => void;
  onSelect: (messageId: string) => void;
  onPrune: (messageId: string) => void;
  onCompare?: (messageId: string) => void;
}

/** One message with what can be done with it, and the versions beside it. */
export function TurnPart({ message, actions }: { message: ChatMessage; actions: TurnActions }) {
  return (
    <div id={placeOf(message.id)} className={styles.part}>
      {message.role === 'user' ? (
        <Asked message={message} actions={actions} />
      ) : (
        <Answered message={message} actions={actions} />
      )}
    </div>
  );
}

function Asked({ message, actions }: { message: ChatMessage; actions: TurnActions }) {
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <EditQuestion
        text={message.content}
        busy={!actions.idle}
        onCancel={() => setEditing(false)}
        onAsk={(text) => {
          setEditing(false);
          actions.onEdit(message.id, text);
        }}
      />
    );
  }
  return (
    <div className={styles.asked}>
      <FileChips files={message.attachments} />
      <Question message={message} />
      <div className={styles.tools}>
        <Versions message={message} actions={actions} what="question" />
        <Button
          kind="quiet"
          small
          aria-label="Edit the question"
          title="Edit the question"
          data-testid="edit"
          disabled={!actions.idle}
          onClick={() => setEditing(true)}
        >
          <PencilIcon />
        </Button>
      </div>
    </div>
  );
}

function Answered({ message, actions }: { message: ChatMessage; actions: TurnActions }) {
  const settled = message.state !== 'streaming';
  const { onCompare } = actions;
  return (
    <>
      <Reply
        message={message}
        onRegenerate={actions.idle ? () => actions.onRegenerate(message.id) : undefined}
      />
      <div className={styles.under}>
        {message.settings !== null && <MadeWith settings={message.settings} />}
        <span className={styles.tools}>
          <Versions message={message} actions={actions} what="reply" />
          {settled && onCompare !== undefined && (
            <Button
              kind="quiet"
              small
              data-testid="compare"
              disabled={!actions.idle && message.siblings.length < 2}
              onClick={() => onCompare(message.id)}
            >
              <SideBySideIcon /> Compare
            </Button>
          )}
        </span>
      </div>
    </>
  );
}

function Versions({ message, actions, what }: { message: ChatMessage; actions: TurnActions; what: string }) {
  const [deleting, setDeleting] = useState(false);
  const { id, siblings } = message;
  if (siblings.length < 2) return null;
  return (
    <>
      <BranchSwitch
        what={what}
        id={id}
        siblings={siblings}
        disabled={message.state === 'streaming'}
        onSelect={actions.onSelect}
      />
      <Button
        kind="quiet"
        small
        aria-label={`Delete this version of the ${what}`}
        title="Delete this version"
        data-testid="prune"
        disabled={message.state === 'streaming'}
        onClick={() => setDeleting(true)}
      >
        <TrashIcon />
      </Button>
      {deleting && (
        <Confirm
          title={`Delete this version of the ${what}?`}
          action="Delete"
          onClose={() => setDeleting(false)}
          onConfirm={() => actions.onPrune(id)}
        >
          Everything that follows it goes too. The other {siblings.length - 1} stay. It cannot be brought
          back.
        </Confirm>
      )}
    </>
  );
}

/** What a reply was asked with, so that an old one still tells what made it. */
function MadeWith({ settings }: { settings: ChatSettings }) {
  const words = settingWords(settings);
  if (words.length === 0) return <span className={styles.made}>Default settings</span>;
  if (settings.systemPrompt === undefined)
    return <span className={styles.made}>With {words.join(', ')}</span>;
  return (
    <details className={styles.made}>
      <summary>With {words.join(', ')}</summary>
      <p className={styles.system}>{settings.systemPrompt}</p>
    </details>
  );
}
