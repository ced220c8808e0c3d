'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useOverview } from '../../../_lib/live.tsx';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { NewApiKey } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import { CopyButton, WithCode } from '../../../_ui/copy.tsx';
import { Facts } from '../../../_ui/facts.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { StateMark } from '../../../_ui/state.tsx';
import { snippetsFor } from './snippets.ts';
import styles from './connect.module.css';

const PLACEHOLDER = 'YOUR_KEY';

/** Ready snippets with the real URL, model and, once one is made here, key. */
export function UseIt() {
  const lab = useOverview();
  const [chosen, setChosen] = useState('curl');
  const [key, setKey] = useState<NewApiKey | null>(null);
  if (lab === undefined) {
    return (
      <Panel title="Ready to paste">
        <Skeleton height="16rem" />
      </Panel>
    );
  }
  const url = lab.gatewayUrl ?? `${location.origin}/v1`;
  const model = lab.model?.name ?? 'default';
  const snippets = snippetsFor({
    url,
    model,
    key: key?.secret ?? PLACEHOLDER,
    contextSize: lab.model?.contextSize ?? null,
  });
  const snippet = snippets.find(({ id }) => id === chosen) ?? snippets[0];
  return (
    <Panel title="Ready to paste" note="With the address and the model of this lab, as they are now.">
      <div className={styles.part}>
        <Facts
          facts={[
            { name: 'Base URL', value: <Value text={url} what="the base URL" /> },
            { name: 'Model', value: <Value text={model} what="the model’s name" /> },
            { name: 'Key', value: <Key apiKey={key} name={snippet?.name ?? ''} onMade={setKey} /> },
          ]}
        />
        <div className={styles.which}>
          <Choice
            legend="For which program"
            options={snippets.map(({ id, name }) => ({ value: id, label: name }))}
            value={chosen}
            onChange={setChosen}
          />
        </div>
        {snippet !== undefined && (
          <section className={styles.snippet} aria-label={snippet.name}>
            <div className={styles.snippetHead}>
              <span>
                <WithCode text={snippet.note} />
              </span>
              <CopyButton text={snippet.text} what={snippet.name} label="Copy" testId="snippet-copy" />
            </div>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
            <pre tabIndex={0} data-testid="snippet">
              {snippet.text}
            </pre>
          </section>
        )}
      </div>
    </Panel>
  );
}

function Value({ text, what }: { text: string; what: string }) {
  return (
    <span className={styles.value}>
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

interface KeyProps {
  apiKey: NewApiKey | null;
  /** Of the program that is shown: the key is called after it. */
  name: string;
  onMade: (key: NewApiKey) => void;
}

function Key({ apiKey, name, onMade }: KeyProps) {
  const cache = useQueryClient();
  const create = useMutation(
    trpc.access.createKey.mutationOptions({
      onSuccess: (key) => {
        onMade(key);
        return cache.invalidateQueries({ queryKey: trpc.access.keys.queryKey() });
      },
    }),
  );
  const report = create.error === null ? null : reportOf(create.error);
  return (
    <div className={styles.key}>
      {apiKey === null ? (
        <p>
          <code>{PLACEHOLDER}</code> stands for a key of yours: each is shown only once, when it is made.
        </p>
      ) : (
        <>
          <span className={styles.value}>
            <code data-testid="connect-key">{apiKey.secret}</code>
            <CopyButton text={apiKey.secret} what="the key" />
          </span>
          <p className={styles.once}>
            <StateMark tone="warn" /> <span>Shown now and never again; revoke it on Settings.</span>
          </p>
        </>
      )}
      <Button
        small
        data-testid="connect-create"
        disabled={create.isPending}
        onClick={() => create.mutate({ name })}
      >
        {apiKey === null ? `Make a key for ${name}` : `Make another one for ${name}`}
      </Button>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
    </div>
  );
}
