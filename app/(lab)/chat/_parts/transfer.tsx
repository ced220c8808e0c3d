'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { FILE_CHARACTERS_MAX } from '../../../../server/schemas/chat-file-limit.ts';
import { formatBytes, plural } from '../../../../server/schemas/format.ts';
import { saveFile } from '../../../_lib/save-file.ts';
import { client, reportOf, trpc } from '../../../_lib/trpc.ts';
import { Button } from '../../../_ui/button.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Sheet } from './sheet.tsx';
import styles from './sheet.module.css';

type As = 'json' | 'markdown';

const TYPES = { json: 'application/json', markdown: 'text/markdown' } as const;

/** Conversations to a file, and from one. */
export function Transfer({
  conversationId,
  onClose,
}: {
  conversationId: string | null;
  onClose: () => void;
}) {
  const save = useMutation({
    mutationFn: async ({ one, as }: { one: boolean; as: As }) => {
      const only = one && conversationId !== null ? { conversationId } : {};
      const { name, text } = await client.chat.export.query({ ...only, as });
      saveFile(name, text, TYPES[as]);
    },
  });
  const report = save.error === null ? null : reportOf(save.error);
  return (
    <Sheet title="Export and import" onClose={onClose}>
      {conversationId !== null && (
        <section className={styles.group}>
          <h3>This conversation</h3>
          <div className={styles.row}>
            <Button data-testid="export-markdown" onClick={() => save.mutate({ one: true, as: 'markdown' })}>
              Markdown
            </Button>
            <Button data-testid="export-json" onClick={() => save.mutate({ one: true, as: 'json' })}>
              JSON
            </Button>
          </div>
        </section>
      )}
      <section className={styles.group}>
        <h3>All conversations</h3>
        <p>JSON holds every version, setting and file, and can be imported again. Markdown is for reading.</p>
        <div className={styles.row}>
          <Button onClick={() => save.mutate({ one: false, as: 'markdown' })}>Markdown</Button>
          <Button data-testid="export-all" onClick={() => save.mutate({ one: false, as: 'json' })}>
            JSON
          </Button>
        </div>
      </section>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      <Import />
    </Sheet>
  );
}

function Import() {
  const cache = useQueryClient();
  const picker = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const load = useMutation(
    trpc.chat.import.mutationOptions({
      onSuccess: () => cache.invalidateQueries({ queryKey: trpc.chat.list.pathKey() }),
    }),
  );
  const report = load.error === null ? null : reportOf(load.error);
  async function take(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    load.reset();
    const tooBig = file.size > FILE_CHARACTERS_MAX;
    setRefused(
      tooBig
        ? `${file.name} has ${formatBytes(file.size)}; ${formatBytes(FILE_CHARACTERS_MAX)} can be imported at once.`
        : null,
    );
    if (!tooBig) load.mutate({ text: await file.text() });
  }
  return (
    <section className={styles.group}>
      <h3>Import</h3>
      <p>
        A JSON file that was exported here, or one with OpenAI’s messages. All of it comes in, or nothing.
      </p>
      <input
        ref={picker}
        type="file"
        accept=".json,application/json"
        hidden
        data-testid="import-input"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <div className={styles.row}>
        <Button disabled={load.isPending} onClick={() => picker.current?.click()}>
          {load.isPending ? 'Importing…' : 'Choose a file'}
        </Button>
      </div>
      <div aria-live="polite">
        {refused !== null && <Note tone="bad" message={refused} />}
        {report !== null && (
          <Note tone="bad" testId="import-failed" message={report.message} fix={report.fix} />
        )}
        {load.data !== undefined && (
          <Note
            tone="ok"
            testId="import-done"
            message={outcome(load.data.imported.length, load.data.duplicates)}
          />
        )}
      </div>
    </section>
  );
}

function outcome(imported: number, duplicates: readonly string[]): string {
  const came = imported === 0 ? 'Nothing new came in.' : `${plural(imported, 'conversation')} came in.`;
  if (duplicates.length === 0) return came;
  const named = duplicates
    .slice(0, 5)
    .map((title) => `“${title}”`)
    .join(', ');
  const rest = duplicates.length > 5 ? ` and ${duplicates.length - 5} more` : '';
  return `${came} Here already, and left as they are: ${named}${rest}.`;
}
