'use client';

import { useState } from 'react';
import { reportOf } from '../../_lib/trpc.ts';
import type { LabOverview } from '../../_lib/wire.ts';
import { Button } from '../../_ui/button.tsx';
import { Confirm } from '../../_ui/dialog.tsx';
import { Note } from '../../_ui/note.tsx';
import { useLabActions } from './action-bar.tsx';
import { isUp } from './view.ts';
import styles from './services.module.css';

/** What the stack's volumes hold, by the volume's name in the stack file. */
const VOLUMES = [
  { name: 'weaviate-data', holds: 'everything stored in Weaviate' },
  { name: 'prometheus-data', holds: 'the metrics that Prometheus has collected' },
  { name: 'grafana-data', holds: 'dashboards and settings made in Grafana' },
];

/** Data stays when the lab is stopped. To be rid of it is a second thing, asked for and confirmed each time. */
export function DeleteData({ lab, busy }: { lab: LabOverview; busy: boolean }) {
  const [asking, setAsking] = useState(false);
  const { down, busy: acting } = useLabActions();
  const report = down.error === null ? null : reportOf(down.error);
  const { project } = lab.status;
  return (
    <div className={styles.foot}>
      <span>Stop keeps what Weaviate, Prometheus and Grafana have stored.</span>
      <Button
        kind="quiet"
        small
        data-testid="delete-data"
        disabled={busy || acting}
        onClick={() => setAsking(true)}
      >
        {isUp(lab) ? 'Stop and delete their data…' : 'Delete their data…'}
      </Button>
      {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
      {asking && (
        <Confirm
          title={isUp(lab) ? 'Stop the lab and delete its stored data?' : 'Delete the lab’s stored data?'}
          action="Delete the data"
          onConfirm={() => down.mutate({ volumes: true })}
          onClose={() => setAsking(false)}
        >
          <p>These Docker volumes are deleted, as far as they exist:</p>
          <ul className={styles.volumes}>
            {VOLUMES.map(({ name, holds }) => (
              <li key={name}>
                <code>
                  {project}_{name}
                </code>
                : {holds}
              </li>
            ))}
          </ul>
          <p>This cannot be undone. Weights, conversations and ai-lab.yaml stay.</p>
        </Confirm>
      )}
    </div>
  );
}
