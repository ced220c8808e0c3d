'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { markLoggedOut } from '../../../_lib/session.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { Login } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Confirm } from '../../../_ui/dialog.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { State } from '../../../_ui/state.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { browserName } from './user-agent.ts';
import styles from './settings.module.css';

/** Which browsers may come in. */
export function Logins() {
  const cache = useQueryClient();
  const logins = useQuery(trpc.access.logins.queryOptions());
  const [revoking, setRevoking] = useState<Login | null>(null);
  const revoke = useMutation(
    trpc.access.revokeLogin.mutationOptions({
      onSuccess: (_nothing, { id }) => {
        if (logins.data?.some((login) => login.id === id && login.current) === true) markLoggedOut();
        else void cache.invalidateQueries({ queryKey: trpc.access.logins.queryKey() });
      },
    }),
  );
  const failed = revoke.error ?? logins.error;
  const report = failed === null ? null : reportOf(failed);
  return (
    <Panel
      title="Logins"
      note="Browsers that may open this dashboard. A login lasts 30 days."
      testId="logins"
    >
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {logins.data === undefined && logins.error === null && <Skeleton height="3rem" />}
      <ul className={styles.rows}>
        {logins.data?.map((login) => (
          <li key={login.id} className={styles.row} data-testid="login">
            <span className={styles.main}>
              <span className={styles.name} title={login.userAgent}>
                {browserName(login.userAgent)}
              </span>
              {login.current && <State tone="ok">this browser</State>}
            </span>
            <span className={styles.when}>
              last seen <Ago at={login.lastSeenAt} />
              <br />
              ends <Ago at={login.expiresAt} />
            </span>
            <Button
              small
              aria-label={login.current ? undefined : `Revoke ${browserName(login.userAgent)}`}
              onClick={() => setRevoking(login)}
            >
              {login.current ? 'Log out' : 'Revoke'}
            </Button>
          </li>
        ))}
      </ul>
      {revoking !== null && (
        <Confirm
          title={
            revoking.current
              ? 'Log this browser out?'
              : `Revoke the login of ${browserName(revoking.userAgent)}?`
          }
          action={revoking.current ? 'Log out' : 'Revoke'}
          onClose={() => setRevoking(null)}
          onConfirm={() => revoke.mutate({ id: revoking.id })}
        >
          The lab stays as it is. To come back, run <code>ailab-web open</code> in a terminal.
        </Confirm>
      )}
    </Panel>
  );
}
