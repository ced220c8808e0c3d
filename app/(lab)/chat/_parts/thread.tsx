'use client';

import type { Conversation } from '../../../_lib/wire.ts';
import { Button, ButtonLink } from '../../../_ui/button.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import type { NotReady } from './readiness.ts';
import { Question, Reply } from './message.tsx';
import { useStickToBottom } from '../../../_lib/use-stick.ts';
import styles from './chat.module.css';

interface ThreadProps {
  id: string | null;
  conversation: Conversation | undefined;
  /** It could not be read, and the page says why. */
  failed: boolean;
  blocked: NotReady | null;
  busy: boolean;
  onRegenerate: (messageId: string) => void;
}

export function Thread({ id, conversation, failed, blocked, busy, onRegenerate }: ThreadProps) {
  const { scroller, content, away, toBottom } = useStickToBottom();
  const messages = conversation?.messages ?? [];
  const last = messages.at(-1);
  return (
    <div className={styles.middle}>
      {/* A region that scrolls must be reachable by the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section ref={scroller} className={styles.scroller} aria-label="Conversation" tabIndex={0}>
        <div ref={content} className={styles.thread}>
          {id === null && <Welcome blocked={blocked} />}
          {id !== null && conversation === undefined && !failed && <ThreadSkeleton />}
          {messages.map((message) =>
            message.role === 'user' ? (
              <Question key={message.id} message={message} />
            ) : (
              <Reply
                key={message.id}
                message={message}
                onRegenerate={
                  message.id === last?.id && blocked === null && !busy
                    ? () => onRegenerate(message.id)
                    : undefined
                }
              />
            ),
          )}
        </div>
      </section>
      {away && (
        <Button small className={styles.toBottom} onClick={toBottom}>
          To the latest
        </Button>
      )}
    </div>
  );
}

function Welcome({ blocked }: { blocked: NotReady | null }) {
  return (
    <div className={styles.welcome}>
      <h2>{welcome(blocked)}</h2>
      <p>
        {blocked === null
          ? 'It runs on this machine: nothing you write leaves it. Each reply tells its speed, and all are kept here.'
          : 'Once it is, this is where you talk to it. It runs on this machine: nothing you write leaves it.'}
      </p>
      {blocked?.start === true && (
        <ButtonLink href="/" kind="primary">
          Start it on the Overview
        </ButtonLink>
      )}
    </div>
  );
}

function welcome(blocked: NotReady | null): string {
  if (blocked === null) return 'Ask the model something';
  return blocked.start ? 'The model is not up yet' : blocked.reason;
}

function ThreadSkeleton() {
  return (
    <>
      <Skeleton height="3rem" />
      <Skeleton height="8rem" />
    </>
  );
}
