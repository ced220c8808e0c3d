'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChatSettings } from '../../../../server/schemas/chat-settings.ts';
import { settingWords } from '../../../../server/schemas/chat-settings-words.ts';
import { startRun } from '../../../_lib/chat-runs.ts';
import { isComparing, useComparison } from '../../../_lib/model-comparison.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { ChatMessage } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import { Note } from '../../../_ui/note.tsx';
import { CompareModels } from './compare-models.tsx';
import { Reply } from './message.tsx';
import { SettingsForm } from './settings-form.tsx';
import { Sheet } from './sheet.tsx';
import styles from './compare.module.css';

interface CompareProps {
  conversationId: string;
  messageId: string;
  settings: ChatSettings;
  /** The model can be asked now, and nothing is being written. */
  idle: boolean;
  onClose: () => void;
}

const WITH = [
  { value: 'settings', label: 'Other settings' },
  { value: 'model', label: 'Another model' },
] as const;

/** Two replies to one question beside each other; the second one is made here, or is a version that is there. */
export function Compare({ conversationId, messageId, settings, idle, onClose }: CompareProps) {
  const cache = useQueryClient();
  const comparison = useComparison();
  const [how, setHow] = useState<'settings' | 'model'>('settings');
  const [other, setOther] = useState<ChatSettings>(settings);
  const [left, setLeft] = useState(messageId);
  const [made, setMade] = useState<string | null>(null);
  const versions = useQuery({
    ...trpc.chat.versions.queryOptions({ conversationId, messageId }),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      isComparing() || state.data?.some((one) => one.state === 'streaming') === true ? 700 : false,
  });
  const again = useMutation(
    trpc.chat.regenerate.mutationOptions({
      onSuccess: (turn) => {
        cache.setQueryData(trpc.chat.get.queryKey({ conversationId }), turn.conversation);
        setMade(turn.messageId);
        void cache.invalidateQueries({ queryKey: trpc.chat.versions.pathKey() });
        void startRun(turn);
      },
    }),
  );
  const select = useMutation(
    trpc.chat.select.mutationOptions({
      onSuccess: (conversation) => {
        cache.setQueryData(trpc.chat.get.queryKey({ conversationId }), conversation);
        onClose();
      },
    }),
  );
  const all = versions.data ?? [];
  const ofModel = comparison?.conversationId === conversationId ? comparison.messageId : null;
  const right = made ?? ofModel ?? all.findLast(({ id }) => id !== left)?.id ?? null;
  const failed = again.error ?? select.error ?? versions.error;
  const report = failed === null ? null : reportOf(failed);
  const keep = (id: string) => select.mutate({ conversationId, messageId: id });
  return (
    <Sheet title="Compare two replies" wide onClose={onClose}>
      <div className={styles.columns} data-testid="comparison">
        <Column versions={all} id={left} onChoose={setLeft} onKeep={keep} />
        <Column versions={all} id={right} onChoose={setMade} onKeep={keep} />
      </div>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      <section className={styles.make} aria-label="Another reply">
        <Choice legend="Compare with" options={WITH} value={how} onChange={setHow} />
        {how === 'settings' ? (
          <>
            <div className={styles.settings}>
              <SettingsForm settings={other} onChange={setOther} />
            </div>
            <Button
              kind="primary"
              data-testid="compare-run"
              disabled={!idle || again.isPending || isComparing()}
              onClick={() => again.mutate({ conversationId, messageId, settings: other })}
            >
              Answer with these settings
            </Button>
          </>
        ) : (
          <CompareModels
            conversationId={conversationId}
            messageId={messageId}
            settings={settings}
            idle={idle}
            onBegin={() => setMade(null)}
          />
        )}
      </section>
    </Sheet>
  );
}

interface ColumnProps {
  versions: readonly ChatMessage[];
  id: string | null;
  onChoose: (id: string) => void;
  onKeep: (id: string) => void;
}

function Column({ versions, id, onChoose, onKeep }: ColumnProps) {
  const message = versions.find((one) => one.id === id);
  if (message === undefined) {
    return <p className={styles.empty}>The other reply will stand here: choose below what makes it.</p>;
  }
  const words = settingWords(message.settings ?? {});
  return (
    <section className={styles.column} aria-label={`Version ${versions.indexOf(message) + 1}`}>
      <div className={styles.columnHead}>
        <select
          className={styles.select}
          aria-label="Which version"
          value={message.id}
          onChange={(event) => onChoose(event.target.value)}
        >
          {versions.map((one, index) => (
            <option key={one.id} value={one.id}>
              {`${index + 1} / ${versions.length}${one.model === null ? '' : `: ${one.model}`}`}
            </option>
          ))}
        </select>
        <Button small onClick={() => onKeep(message.id)}>
          Go on with this one
        </Button>
      </div>
      <p className={styles.words}>{words.length === 0 ? 'Default settings' : `With ${words.join(', ')}`}</p>
      <Reply message={message} onRegenerate={undefined} />
    </section>
  );
}
