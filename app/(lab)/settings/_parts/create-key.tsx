'use client';

import { useState } from 'react';
import { Button } from '../../../_ui/button.tsx';
import styles from './settings.module.css';

interface CreateKeyProps {
  busy: boolean;
  /** Rejects when no key was made; the page shows why, and the name stays. */
  onCreate: (name: string) => Promise<unknown>;
}

export function CreateKey({ busy, onCreate }: CreateKeyProps) {
  const [name, setName] = useState('');
  const words = name.trim();
  async function submit() {
    if (words === '' || busy) return;
    await onCreate(words).then(
      () => setName(''),
      () => undefined,
    );
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label className={styles.label}>
        <span>Name of the program</span>
        <input
          className={styles.input}
          data-testid="key-name"
          placeholder="e.g. my editor"
          maxLength={80}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <Button type="submit" kind="primary" data-testid="key-create" disabled={busy || words === ''}>
        Create key
      </Button>
    </form>
  );
}
