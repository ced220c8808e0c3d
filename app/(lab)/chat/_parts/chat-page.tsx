'use client';

import { useState } from 'react';
import { stopRun, useLiveMessage } from '../../../_lib/chat-runs.ts';
import { useDownSince, useOverview, useRunningActivity } from '../../../_lib/live.tsx';
import { reportOf } from '../../../_lib/trpc.ts';
import { cx } from '../../../_ui/cx.ts';
import { Note } from '../../../_ui/note.tsx';
import { ChatHead } from './chat-head.tsx';
import { Composer } from './composer.tsx';
import { ConversationList } from './conversation-list.tsx';
import { notReady } from './readiness.ts';
import { Thread } from './thread.tsx';
import { goToChat, useConversation, useConversationId, useTurns } from './use-chat.ts';
import styles from './chat.module.css';

export function ChatPage() {
  const id = useConversationId();
  const [listOpen, setListOpen] = useState(false);
  const conversation = useConversation(id);
  const live = useLiveMessage(id);
  const { send, regenerate } = useTurns();
  const blocked = notReady(useOverview(), useRunningActivity(), useDownSince() !== null);
  const failed = send.error ?? regenerate.error ?? (id === null ? null : conversation.error);
  const report = failed === null ? null : reportOf(failed);

  return (
    <div className={styles.chat} data-fill>
      <div className={cx(styles.side, listOpen && styles.open)} id="conversations">
        <ConversationList current={id} onChosen={() => setListOpen(false)} />
      </div>
      <div className={styles.main}>
        <ChatHead
          title={conversation.data?.title ?? (id === null ? 'New conversation' : 'Conversation')}
          listOpen={listOpen}
          onToggleList={() => setListOpen(!listOpen)}
        />
        <Thread
          key={id ?? 'new'}
          id={id}
          conversation={conversation.data}
          failed={conversation.error !== null}
          blocked={blocked}
          busy={live !== null || regenerate.isPending}
          onRegenerate={(messageId) => id !== null && regenerate.mutate({ conversationId: id, messageId })}
        />
        <div className={styles.foot}>
          {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
          <Spoken answering={live !== null} />
          <Composer
            key={id ?? 'new'}
            blocked={blocked}
            live={live !== null}
            sending={send.isPending}
            onSend={async (text) => {
              const turn = await send.mutateAsync(id === null ? { text } : { conversationId: id, text });
              if (id === null) goToChat(turn.conversation.id);
            }}
            onStop={() => live !== null && stopRun(live)}
          />
        </div>
      </div>
    </div>
  );
}

/** For the ear: when a reply begins and when it is complete, not each token. */
function Spoken({ answering }: { answering: boolean }) {
  const [answered, setAnswered] = useState(false);
  if (answering && !answered) setAnswered(true);
  const words = answering ? 'The model is answering.' : 'The reply is complete.';
  return <output className="hear">{answered ? words : ''}</output>;
}
