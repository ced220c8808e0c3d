'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { ApiKey, NewApiKey } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { CreateKey } from './create-key.tsx';
import { FreshKey } from './fresh-key.tsx';
import styles from './settings.module.css';

/** Keys for programs. A key is shown once, right after it was made. */
export function Keys() {
  const cache = useQueryClient();
  const keys = useQuery(trpc.access.keys.queryOptions());
  const [fresh, setFresh] = useState<NewApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const refresh = () => cache.invalidateQueries({ queryKey: trpc.access.keys.queryKey() });
  const create = useMutation(
    trpc.access.createKey.mutationOptions({
      onSuccess: (key) => {
        setFresh(key);
        return refresh();
      },
    }),
  );
  const revoke = useMutation(
    trpc.access.revokeKey.mutationOptions({
      onSuccess: (_nothing, { id }) => {
        if (fresh?.id === id) setFresh(null);
        return refresh();
      },
    }),
  );
  const failed = create.error ?? revoke.error ?? keys.error;
  const report = failed === null ? null : reportOf(failed);
  return (
    <Panel
      title="API keys"
      note="For programs that speak OpenAI’s API to this lab. What runs in this dashboard needs none."
      testId="keys"
    >
      <div className={styles.part}>
        <CreateKey busy={create.isPending} onCreate={(name) => create.mutateAsync({ name })} />
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {fresh !== null && <FreshKey apiKey={fresh} onDone={() => setFresh(null)} />}
        {keys.data === undefined && keys.error === null && <Skeleton height="3rem" />}
        {keys.data !== undefined && keys.data.length > 0 && (
          <KeyList keys={keys.data} onRevoke={setRevoking} />
        )}
      </div>
      {revoking !== null && (
        <Confirm
          title={`Revoke the key “${revoking.name}”?`}
          action="Revoke"
          onClose={() => setRevoking(null)}
          onConfirm={() => revoke.mutate({ id: revoking.id })}
        >
          Programs that use it get 401 from now on. It cannot be brought back.
        </Confirm>
      )}
    </Panel>
  );
}

function KeyList({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  return (
    <ul className={styles.rows}>
      {keys.map((key) => (
        <li key={key.id} className={styles.row} data-testid="key">
          <span className={styles.main}>
            <span className={styles.name}>{key.name}</span>
            <code className={styles.prefix}>{key.prefix}…</code>
          </span>
          <span className={styles.when}>
            {key.lastUsedAt === null ? (
              'never used'
            ) : (
              <>
                last used <Ago at={key.lastUsedAt} />
              </>
            )}
            <br />
            made <Ago at={key.createdAt} />
          </span>
          <Button small aria-label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>
            Revoke
          </Button>
        </li>
      ))}
    </ul>
  );
}
