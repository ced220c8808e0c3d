'use client';

import { useState } from 'react';
import { stopRun, useLiveMessage } from '../../../_lib/chat-runs.ts';
import { useDownSince, useOverview, useRunningActivity } from '../../../_lib/live.tsx';
import { reportOf } from '../../../_lib/trpc.ts';
import { cx } from '../../../_ui/cx.ts';
import { Note } from '../../../_ui/note.tsx';
import { ChatHead } from './chat-head.tsx';
import { ComparisonStrip } from './compare-models.tsx';
import { Compare } from './compare.tsx';
import { Composer } from './composer.tsx';
import { ConversationList } from './conversation-list.tsx';
import { notReady } from './readiness.ts';
import { SettingsPanel } from './settings-panel.tsx';
import { Thread } from './thread.tsx';
import { Transfer } from './transfer.tsx';
import { goToChat, useBranches, useConversation, useConversationId, useTurns } from './use-chat.ts';
import { useSettings } from './use-settings.ts';
import styles from './chat.module.css';

export function ChatPage() {
  const id = useConversationId();
  const [listOpen, setListOpen] = useState(false);
  const [transferring, setTransferring] = useState(false);
  const [comparing, setComparing] = useState<string | null>(null);
  const [settingsOpen, setSettingsOpen] = useState(false);
  const conversation = useConversation(id);
  const live = useLiveMessage(id);
  const { send, regenerate } = useTurns();
  const { select, prune } = useBranches();
  const { settings, change, error: notSaved } = useSettings(id, conversation.data);
  const lab = useOverview();
  const blocked = notReady(lab, useRunningActivity(), useDownSince() !== null);
  const failed =
    [send.error, regenerate.error, select.error, prune.error, notSaved].find(Boolean) ??
    (id === null ? null : conversation.error);
  const report = failed === null ? null : reportOf(failed);
  const busy = live !== null || regenerate.isPending || send.isPending;
  const of = { conversationId: id ?? '' };
  const messages = conversation.data?.messages ?? [];

  return (
    <div className={cx(styles.chat, settingsOpen && styles.withSettings)} data-fill>
      <div className={cx(styles.side, listOpen && styles.open)} id="conversations">
        <ConversationList
          current={id}
          onChosen={() => setListOpen(false)}
          onTransfer={() => setTransferring(true)}
        />
      </div>
      <div className={styles.main}>
        <ChatHead
          title={conversation.data?.title ?? (id === null ? 'New conversation' : 'Conversation')}
          listOpen={listOpen}
          onToggleList={() => setListOpen(!listOpen)}
          changed={Object.keys(settings).length}
          settingsOpen={settingsOpen}
          onToggleSettings={() => setSettingsOpen(!settingsOpen)}
        />
        <Thread
          key={id ?? 'new'}
          id={id}
          conversation={conversation.data}
          failed={conversation.error !== null}
          blocked={blocked}
          actions={{
            idle: blocked === null && !busy,
            onEdit: (edits, text) => send.mutate({ ...of, text, edits, settings }),
            onRegenerate: (messageId) => regenerate.mutate({ ...of, messageId, settings }),
            onSelect: (messageId) => select.mutate({ ...of, messageId }),
            onPrune: (messageId) => prune.mutate({ ...of, messageId }),
            onCompare: setComparing,
          }}
        />
        <div className={styles.foot}>
          {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
          {comparing === null && <ComparisonStrip />}
          <Spoken answering={live !== null} />
          <Composer
            key={id ?? 'new'}
            blocked={blocked}
            live={live !== null}
            sending={send.isPending}
            before={() => [settings.systemPrompt ?? '', ...messages.map(({ content }) => content)].join('')}
            contextSize={lab?.model?.contextSize ?? null}
            onSend={async (text, attachments) => {
              const words = { text, settings, attachments };
              const turn = await send.mutateAsync(id === null ? words : { ...of, ...words });
              if (id !== null) return;
              change({});
              goToChat(turn.conversation.id);
            }}
            onStop={() => live !== null && stopRun(live)}
          />
        </div>
      </div>
      {comparing !== null && id !== null && (
        <Compare
          conversationId={id}
          messageId={comparing}
          settings={settings}
          idle={blocked === null && !busy}
          onClose={() => setComparing(null)}
        />
      )}
      {transferring && <Transfer conversationId={id} onClose={() => setTransferring(false)} />}
      {settingsOpen && (
        <SettingsPanel
          key={id ?? 'new'}
          settings={settings}
          onChange={change}
          onClose={() => setSettingsOpen(false)}
        />
      )}
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
