'use client';

import { InnerLink } from '../../../_ui/link.tsx';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { Attachment } from '../../../../server/schemas/chat-attachments.ts';
import { Button } from '../../../_ui/button.tsx';
import { ClipIcon } from '../../../_ui/chat-icons.tsx';
import { cx } from '../../../_ui/cx.ts';
import { Note } from '../../../_ui/note.tsx';
import { WithCode } from '../../../_ui/copy.tsx';
import { StateMark } from '../../../_ui/state.tsx';
import { FileChips } from './file-chips.tsx';
import { weigh, type Weight } from './read-files.ts';
import type { NotReady } from './readiness.ts';
import { useFiles } from './use-files.ts';
import styles from './composer.module.css';

interface ComposerProps {
  blocked: NotReady | null;
  /** A reply is being written. */
  live: boolean;
  sending: boolean;
  /** Resolves when the words are stored; rejects when they are not, and they stay in the field. */
  onSend: (text: string, files: Attachment[]) => Promise<void>;
  /** What the model is told before these words. */
  before: () => string;
  /** In tokens; null when it is not known. */
  contextSize: number | null;
  onStop: () => void;
}

export function Composer({ blocked, live, sending, onSend, onStop, before, contextSize }: ComposerProps) {
  const attached = useFiles();
  const picker = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const weight = attached.files.length === 0 ? null : weigh(text, attached.files, before(), contextSize);
  const ready = blocked === null && !live && !sending && weight?.tone !== 'bad';

  useEffect(() => {
    // With a keyboard at hand, writing can begin at once; on a phone it would pop up over the page.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);

  useEffect(() => {
    if (!live) return;
    const onEscape = (event: globalThis.KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onStop();
    };
    addEventListener('keydown', onEscape);
    return () => removeEventListener('keydown', onEscape);
  }, [live, onStop]);

  async function submit() {
    if (!ready || text.trim() === '') return;
    try {
      await onSend(text, attached.files);
      setText('');
      attached.clear();
      if (field.current !== null) field.current.style.height = 'auto';
    } catch {
      // The page shows why; the words are still here.
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes a character, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  }

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {attached.refused.length > 0 && (
        <Note tone="warn" role="alert" testId="files-refused" message={attached.refused.join('\n')} />
      )}
      <FileChips files={attached.files} onRemove={attached.remove} />
      {weight !== null && <Weighed weight={weight} />}
      <div className={cx(styles.box, attached.over && styles.over)} {...attached.handlers}>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          data-testid="attach-input"
          onChange={(event) => {
            void attached.add(event.target.files ?? []);
            event.target.value = '';
          }}
        />
        <Button
          kind="quiet"
          className={styles.attach}
          aria-label="Attach text files"
          title="Attach text files"
          data-testid="attach"
          onClick={() => picker.current?.click()}
        >
          <ClipIcon />
        </Button>
        <textarea
          ref={field}
          className={styles.field}
          data-testid="chat-input"
          aria-label="Your message"
          aria-describedby="composer-hint"
          placeholder="Ask something"
          rows={1}
          maxLength={200_000}
          value={text}
          // A draft is never locked in: only sending waits.
          disabled={blocked !== null && text === ''}
          onChange={(event) => {
            setText(event.target.value);
            fit(event.target);
          }}
          onKeyDown={onKeyDown}
        />
        {live ? (
          <Button data-testid="chat-stop" onClick={onStop}>
            Stop
          </Button>
        ) : (
          <Button
            kind="primary"
            type="submit"
            data-testid="chat-send"
            disabled={!ready || text.trim() === ''}
          >
            Send
          </Button>
        )}
      </div>
      <p id="composer-hint" className={styles.hint}>
        {blocked === null ? <Keys live={live} /> : <Blocked blocked={blocked} />}
      </p>
    </form>
  );
}

/** As high as its words, up to a good third of the window. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight * 0.4)}px`;
}

function Weighed({ weight }: { weight: Weight }) {
  return (
    <p className={styles.weight} data-tone={weight.tone} data-testid="files-weight">
      {weight.tone !== 'idle' && <StateMark tone={weight.tone} />} {weight.words}
    </p>
  );
}

function Keys({ live }: { live: boolean }) {
  if (live) return 'Esc stops the reply; what has come so far is kept.';
  return 'Enter sends, Shift and Enter begins a new line.';
}

function Blocked({ blocked }: { blocked: NotReady }) {
  return (
    <>
      <StateMark tone={blocked.start ? 'idle' : 'busy'} /> <WithCode text={blocked.reason} />{' '}
      {blocked.start && <InnerLink href="/">Go to the Overview</InnerLink>}
    </>
  );
}
