'use client';

import Link from 'next/link';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Button } from '../../../_ui/button.tsx';
import { WithCode } from '../../../_ui/copy.tsx';
import { StateMark } from '../../../_ui/state.tsx';
import type { NotReady } from './readiness.ts';
import styles from './composer.module.css';

interface ComposerProps {
  blocked: NotReady | null;
  /** A reply is being written. */
  live: boolean;
  sending: boolean;
  /** Resolves when the words are stored; rejects when they are not, and they stay in the field. */
  onSend: (text: string) => Promise<void>;
  onStop: () => void;
}

export function Composer({ blocked, live, sending, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const ready = blocked === null && !live && !sending;

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
      await onSend(text);
      setText('');
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
      <div className={styles.box}>
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

function Keys({ live }: { live: boolean }) {
  if (live) return 'Esc stops the reply; what has come so far is kept.';
  return 'Enter sends, Shift and Enter begins a new line.';
}

function Blocked({ blocked }: { blocked: NotReady }) {
  return (
    <>
      <StateMark tone={blocked.start ? 'idle' : 'busy'} /> <WithCode text={blocked.reason} />{' '}
      {blocked.start && <Link href="/">Go to the Overview</Link>}
    </>
  );
}
