'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLiveActivities } from '../../../_lib/live.tsx';
import { applyLiveEvent } from '../../../_lib/live-cache.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { Activity } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Steps } from '../../../_ui/steps.tsx';
import { choicesOf, headOf } from './models-words.ts';
import styles from './models.module.css';

/** Small, free and ungated; what people can try at once. */
const EXAMPLES = ['bartowski/SmolLM2-360M-Instruct-GGUF:Q4_K_M', 'Qwen/Qwen3-0.6B-GGUF:Q8_0'];

/** Downloads a model: what to get, how far it is, and what can be done when it does not go on. */
export function Pull() {
  const cache = useQueryClient();
  const [id, setId] = useState('');
  const [asked, setAsked] = useState<string | null>(null);
  const [hidden, setHidden] = useState<string | null>(null);
  const onSuccess = (activity: Activity) => applyLiveEvent(cache, { type: 'activity', activity });
  const pull = useMutation(trpc.models.pull.mutationOptions({ onSuccess }));
  const cancel = useMutation(trpc.activity.cancel.mutationOptions({ onSuccess }));
  const activities = useLiveActivities() ?? [];
  const running = activities.find((one) => one.state === 'running');
  const last = activities.find((one) => one.kind === 'pull');
  const failed = pull.error ?? cancel.error;
  const report = failed === null ? null : reportOf(failed);
  const start = (wanted: string) => {
    setAsked(wanted);
    setId(wanted);
    setHidden(null);
    pull.mutate({ id: wanted });
  };
  return (
    <Panel
      title="Download a model"
      note="A GGUF model from the Hugging Face Hub, into the cache that all programs of this machine share."
      testId="pull"
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() !== '') start(id.trim());
        }}
      >
        <label className={styles.label}>
          Repository, with quantization or file after a colon
          <input
            className={styles.input}
            value={id}
            placeholder="org/name:Q4_K_M"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={400}
            data-testid="pull-id"
            onChange={(event) => setId(event.target.value)}
          />
        </label>
        <Button
          type="submit"
          kind="primary"
          data-testid="pull-start"
          disabled={id.trim() === '' || pull.isPending || running !== undefined}
          title={running === undefined ? undefined : 'One thing at a time: something else is running.'}
        >
          Download
        </Button>
      </form>
      <p className={styles.examples}>
        For example{' '}
        {EXAMPLES.map((example) => (
          <Button key={example} small kind="quiet" onClick={() => setId(example)}>
            <code>{example}</code>
          </Button>
        ))}
      </p>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {last !== undefined && last.id !== hidden && (
        <Download
          activity={last}
          asked={asked}
          busy={pull.isPending || running !== undefined}
          cancelling={cancel.isPending}
          onCancel={() => cancel.mutate({ id: last.id })}
          onStart={start}
          onHide={() => setHidden(last.id)}
        />
      )}
    </Panel>
  );
}

interface DownloadProps {
  activity: Activity;
  /** What was asked for in this tab; null after a reload. */
  asked: string | null;
  busy: boolean;
  cancelling: boolean;
  onCancel: () => void;
  onStart: (id: string) => void;
  onHide: () => void;
}

function Download({ activity, asked, busy, cancelling, onCancel, onStart, onHide }: DownloadProps) {
  const { state, steps, error, outcome } = activity;
  const choices = choicesOf(error);
  if (state === 'running')
    return (
      <div className={styles.download} data-testid="pull-progress">
        <Steps steps={steps} />
        <Button small disabled={cancelling} data-testid="pull-cancel" onClick={onCancel}>
          {cancelling ? 'Cancelling…' : 'Cancel, keep what has come'}
        </Button>
      </div>
    );
  const again = (
    <>
      {asked !== null && state !== 'done' && choices.length === 0 && (
        <Button small disabled={busy} data-testid="pull-resume" onClick={() => onStart(asked)}>
          {state === 'failed' ? 'Try again' : 'Go on with it'}
        </Button>
      )}
      <Button small kind="quiet" onClick={onHide}>
        Hide
      </Button>
    </>
  );
  if (state === 'failed' && error !== null)
    return (
      <div className={styles.download}>
        <Note
          tone="bad"
          testId="pull-failed"
          message={choices.length > 0 ? headOf(error.message) : error.message}
          fix={choices.length > 0 ? '' : error.fix}
        >
          {choices.map(({ id, file, size }) => (
            <Button key={id} small disabled={busy} onClick={() => onStart(id)}>
              {file} <span className="fig">{size}</span>
            </Button>
          ))}
          {again}
        </Note>
      </div>
    );
  const words =
    state === 'done'
      ? (outcome ?? 'Downloaded.')
      : 'The download was broken off. What has come is kept, and the next one goes on from there.';
  return (
    <div className={styles.download} aria-live="polite">
      <Note tone={state === 'done' ? 'ok' : 'warn'} testId={`pull-${state}`} message={words}>
        {again}
      </Note>
    </div>
  );
}
