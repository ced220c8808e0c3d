'use client';

import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { serviceName } from '../../../_lib/words.ts';
import { Choice } from '../../../_ui/choice.tsx';
import { Note } from '../../../_ui/note.tsx';
import { LogView } from './log-view.tsx';
import styles from './logs.module.css';

/** Another engine has other services. */
const SERVICES_EVERY_MS = 10_000;

/** What the services write, on either engine. */
export function LogsPage() {
  const services = useQuery({ ...trpc.logs.services.queryOptions(), refetchInterval: SERVICES_EVERY_MS });
  const asked = useSearchParams().get('service');
  const names = services.data ?? [];
  const service = names.find((name) => name === asked) ?? names[0] ?? null;
  const [follow, setFollow] = useState(true);
  const report = services.error === null ? null : reportOf(services.error);
  return (
    <div className={styles.logs} data-fill>
      <header className={styles.head}>
        <h1 className={styles.title}>Logs</h1>
        {service !== null && (
          <Choice
            legend="Service"
            options={names.map((value) => ({ value, label: serviceName(value) }))}
            value={service}
            // In the address, so that a reload and a bookmark keep it.
            onChange={(value) => history.replaceState(null, '', `?service=${value}`)}
          />
        )}
      </header>
      {report !== null && service === null && (
        <div className={styles.trouble}>
          <Note tone="bad" role="alert" message={report.message} fix={report.fix} />
        </div>
      )}
      {service !== null && <LogView key={service} service={service} follow={follow} onFollow={setFollow} />}
    </div>
  );
}
