'use client';

import { useOverview } from '../../../_lib/live.tsx';
import type { NewApiKey } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { CopyButton } from '../../../_ui/copy.tsx';
import { StateMark } from '../../../_ui/state.tsx';
import { curlSnippet } from './snippet.ts';
import styles from './settings.module.css';

/** A new key, in clear for this once, with all that a program needs. */
export function FreshKey({ apiKey, onDone }: { apiKey: NewApiKey; onDone: () => void }) {
  const url = useOverview()?.gatewayUrl ?? `${location.origin}/v1`;
  return (
    <section className={styles.fresh} aria-label={`The new key ${apiKey.name}`}>
      <p className={styles.once}>
        <StateMark tone="warn" /> <span>Copy it now: this is the only time it is shown.</span>
      </p>
      <Value name="Key" text={apiKey.secret} testId="key-secret" />
      <Value name="Base URL" text={url} testId="key-url" />
      <Value name="Try it" text={curlSnippet(url, apiKey.secret)} testId="key-curl" />
      <Button data-testid="key-done" onClick={onDone}>
        I have it
      </Button>
    </section>
  );
}

function Value({ name, text, testId }: { name: string; text: string; testId: string }) {
  return (
    <div>
      <p className={styles.valueName}>{name}</p>
      <div className={styles.value}>
        <code data-testid={testId}>{text}</code>
        <CopyButton text={text} what={name} label="Copy" />
      </div>
    </div>
  );
}
