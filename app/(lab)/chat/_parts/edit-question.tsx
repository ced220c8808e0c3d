'use client';

import { useState, type KeyboardEvent } from 'react';
import { Button } from '../../../_ui/button.tsx';
import styles from './turn.module.css';

interface EditQuestionProps {
  text: string;
  busy: boolean;
  onAsk: (text: string) => void;
  onCancel: () => void;
}

/** The question in a field; asked anew it stands beside the first one, which stays. */
export function EditQuestion({ text, busy, onAsk, onCancel }: EditQuestionProps) {
  const [draft, setDraft] = useState(text);
  const ask = () => {
    if (draft.trim() !== '' && !busy) onAsk(draft);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onCancel();
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      ask();
    }
  };
  return (
    <form
      className={styles.edit}
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <textarea
        className={styles.editField}
        aria-label="Edit the question"
        data-testid="edit-text"
        rows={Math.min(12, Math.max(2, draft.split('\n').length))}
        maxLength={200_000}
        value={draft}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the field stands where the pressed button was
        autoFocus
        onFocus={({ target }) => target.setSelectionRange(target.value.length, target.value.length)}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className={styles.tools}>
        <Button small onClick={onCancel}>
          Cancel
        </Button>
        <Button
          small
          kind="primary"
          type="submit"
          data-testid="edit-ask"
          disabled={busy || draft.trim() === ''}
        >
          Ask
        </Button>
      </div>
    </form>
  );
}
