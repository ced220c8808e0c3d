'use client';

import { useQuery } from '@tanstack/react-query';
import { formatCount, plural } from '../../../../server/schemas/format.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { Note } from '../../../_ui/note.tsx';
import { Empty, Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { Ago } from '../../../_ui/time.tsx';
import styles from './connect.module.css';

const REFRESH_MS = 5000;

/** Who has called the gateway, as the ledger knows it. The user agent is what the program says of itself. */
export function Clients() {
  const clients = useQuery({ ...trpc.metrics.clients.queryOptions(), refetchInterval: REFRESH_MS });
  const report = clients.error === null ? null : reportOf(clients.error);
  const { data } = clients;
  return (
    <Panel
      title="What has called"
      note={
        data === undefined
          ? undefined
          : `Of the newest ${formatCount(data.lookedBack)} requests. A program’s name is its own word.`
      }
      testId="clients"
    >
      {report !== null && <Note tone="bad" message={report.message} fix={report.fix} />}
      {data === undefined && report === null && <Skeleton height="6rem" />}
      {data?.clients.length === 0 && (
        <Empty>Nothing has called yet. Try the curl snippet above; it appears here within seconds.</Empty>
      )}
      {data !== undefined && data.clients.length > 0 && (
        <ul className={styles.clients}>
          {data.clients.map(({ caller, userAgent, lastAt, requests, errors }) => (
            <li key={`${caller} ${userAgent}`} className={styles.client} data-testid="client">
              <span className={styles.who}>
                <span className={styles.caller}>{callerName(caller)}</span>
                <span className={styles.agent}>{userAgent ?? 'without a name'}</span>
              </span>
              <span className="fig">{plural(requests, 'request')}</span>
              <span className={errors > 0 ? styles.errors : styles.none}>
                {errors === 0 ? 'no errors' : plural(errors, 'error')}
              </span>
              <span className={styles.last}>
                <Ago at={lastAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function callerName(caller: string): string {
  if (caller === 'browser') return 'Chat of this dashboard';
  if (caller === 'cli') return 'ailab-web chat';
  return caller.startsWith('key: ') ? `Key “${caller.slice(5)}”` : caller;
}
