'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { client, reportOf } from '../../_lib/trpc.ts';
import { Button } from '../../_ui/button.tsx';
import { Note } from '../../_ui/note.tsx';
import { Panel } from '../../_ui/panel.tsx';
import styles from './first-question.module.css';

const SUGGESTION = 'Hello! What can you do?';

/** The lab is up and was never asked anything: the first answer is one press away. */
export function FirstQuestion() {
  const router = useRouter();
  const [text, setText] = useState(SUGGESTION);
  const ask = useMutation({
    async mutationFn(words: string) {
      const turn = await client.chat.turn.mutate({ text: words });
      const { startRun } = await import('../../_lib/chat-runs.ts');
      void startRun(turn);
      router.push(`/chat?c=${encodeURIComponent(turn.conversation.id)}`);
    },
  });
  const report = ask.error === null ? null : reportOf(ask.error);
  return (
    <Panel title="Ask it something" note="The model is ready. Nothing you write leaves this machine.">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate(text.trim());
        }}
      >
        <input
          className={styles.input}
          aria-label="Your question"
          data-testid="first-question"
          value={text}
          maxLength={4000}
          onChange={(event) => setText(event.target.value)}
        />
        <Button
          type="submit"
          kind="primary"
          data-testid="first-ask"
          disabled={ask.isPending || text.trim() === ''}
        >
          {ask.isPending ? 'Asking…' : 'Ask'}
        </Button>
      </form>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
    </Panel>
  );
}
