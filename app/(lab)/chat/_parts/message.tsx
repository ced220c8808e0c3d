'use client';

import Link from 'next/link';
import { useRef, type RefObject } from 'react';
import { isLive, useRun } from '../../../_lib/chat-runs.ts';
import type { ChatMessage } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { CopyButton } from '../../../_ui/copy.tsx';
import { AgainIcon } from '../../../_ui/icons.tsx';
import { Note } from '../../../_ui/note.tsx';
import { StateMark } from '../../../_ui/state.tsx';
import { Elapsed } from '../../../_ui/time.tsx';
import { LazyMarkdown } from './lazy-markdown.tsx';
import { metricFacts } from './metrics-words.ts';
import { plainText } from './plain-text.ts';
import { Thinking } from './thinking.tsx';
import styles from './message.module.css';

export function Question({ message }: { message: ChatMessage }) {
  return (
    <article className={styles.question} aria-label="You">
      <p className={styles.words}>{message.content}</p>
    </article>
  );
}

interface ReplyProps {
  message: ChatMessage;
  onRegenerate: (() => void) | undefined;
}

export function Reply({ message, onRegenerate }: ReplyProps) {
  const run = useRun(message.id);
  const live = isLive(run);
  const text = run !== undefined && run.text.length >= message.content.length ? run.text : message.content;
  const reasoning =
    run !== undefined && run.thoughtMs !== null
      ? { text: run.thought, ms: run.thoughtMs }
      : message.reasoning;
  const words = useRef<HTMLDivElement>(null);
  const error = run?.error ?? (message.error === null ? null : { message: message.error, fix: '' });
  const elsewhere = message.state === 'streaming' && run === undefined;
  return (
    <article className={styles.reply} aria-label="Reply" aria-busy={live} data-testid="reply">
      {reasoning && <Thinking thought={reasoning.text} ms={reasoning.ms} going={live && text === ''} />}
      {text !== '' && (
        <div ref={words}>
          <LazyMarkdown text={text} live={live} />
        </div>
      )}
      <div className={styles.foot}>
        {live && <Progress state={run.state} startedAt={run.startedAt} />}
        {elsewhere && <Waiting words="Being written" />}
        {!live && error !== null && (
          <Note
            tone="bad"
            message={error.message}
            fix={error.fix}
            title={text === '' ? 'No reply' : 'The reply broke off'}
          />
        )}
        {!live && !elsewhere && (
          <div className={styles.line}>
            <Metrics message={message} />
            <span className={styles.tools}>
              {text !== '' && <CopyReply text={text} words={words} />}
              {onRegenerate !== undefined && (
                <Button kind="quiet" small data-testid="regenerate" onClick={onRegenerate}>
                  <AgainIcon /> {error === null ? 'Answer again' : 'Try again'}
                </Button>
              )}
            </span>
          </div>
        )}
      </div>
    </article>
  );
}

/** As it was written, and as it is read. */
function CopyReply({ text, words }: { text: string; words: RefObject<HTMLElement | null> }) {
  const asRead = () => (words.current?.firstElementChild ? plainText(words.current.firstElementChild) : text);
  return (
    <>
      <CopyButton text={text} what="the reply as Markdown" label="Copy" testId="copy-markdown" />
      <CopyButton text={asRead} what="text of the reply" label="Copy text" testId="copy-text" />
    </>
  );
}

const STATES = {
  waiting: 'Waiting for the first token',
  thinking: 'The model is thinking',
  writing: 'The model is answering',
} as const;

function Progress({
  state,
  startedAt,
}: {
  state: keyof typeof STATES | 'ended' | 'failed';
  startedAt: number;
}) {
  return (
    <p className={styles.progress}>
      <StateMark tone="busy" /> {STATES[state === 'ended' || state === 'failed' ? 'writing' : state]}{' '}
      <Elapsed from={startedAt} to={null} />
    </p>
  );
}

function Waiting({ words }: { words: string }) {
  return (
    <p className={styles.progress}>
      <StateMark tone="busy" /> {words}
    </p>
  );
}

function Metrics({ message }: { message: ChatMessage }) {
  const facts = metricFacts(message);
  const requestId = message.metrics?.requestId;
  return (
    <ul className={styles.metrics} data-testid="reply-metrics" aria-label="About this reply">
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
      {requestId !== undefined && (
        <li>
          <Link href={`/requests?id=${encodeURIComponent(requestId)}`} prefetch={false}>
            Where the time went
          </Link>
        </li>
      )}
    </ul>
  );
}
