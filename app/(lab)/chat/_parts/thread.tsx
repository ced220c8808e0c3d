'use client';

import { useEffect, useState } from 'react';
import { useStickToBottom } from '../../../_lib/use-stick.ts';
import type { Conversation } from '../../../_lib/wire.ts';
import { Button, ButtonLink } from '../../../_ui/button.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import type { NotReady } from './readiness.ts';
import { TurnPart, type TurnActions } from './turn.tsx';
import { placeOf } from './use-chat.ts';
import styles from './chat.module.css';

interface ThreadProps {
  id: string | null;
  conversation: Conversation | undefined;
  /** It could not be read, and the page says why. */
  failed: boolean;
  blocked: NotReady | null;
  actions: TurnActions;
}

export function Thread({ id, conversation, failed, blocked, actions }: ThreadProps) {
  // Who comes from a search begins at what was found.
  const [wanted] = useState(() => (typeof location === 'undefined' ? '' : location.hash.slice(1)));
  const { scroller, content, away, toBottom } = useStickToBottom(wanted === '');
  const messages = conversation?.messages ?? [];
  const there = wanted !== '' && messages.some(({ id: one }) => placeOf(one) === wanted);
  useEffect(() => {
    if (there) document.getElementById(wanted)?.scrollIntoView({ block: 'start' });
  }, [there, wanted]);
  return (
    <div className={styles.middle}>
      {/* A region that scrolls must be reachable by the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section ref={scroller} className={styles.scroller} aria-label="Conversation" tabIndex={0}>
        <div ref={content} className={styles.thread}>
          {id === null && <Welcome blocked={blocked} />}
          {id !== null && conversation === undefined && !failed && <ThreadSkeleton />}
          {messages.map((message) => (
            // By its place, so that the focus stays on a switch that brings another version.
            <TurnPart
              key={`${message.parentId ?? 'first'} ${message.role}`}
              message={message}
              actions={actions}
            />
          ))}
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
