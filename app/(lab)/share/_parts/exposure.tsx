'use client';

import { exposureWords, listeningOf } from '../../../../server/schemas/share-words.ts';
import { useOverview } from '../../../_lib/live.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { State } from '../../../_ui/state.tsx';
import styles from './share.module.css';

/** What of this lab listens where, and who can reach it. */
export function Exposure() {
  const lab = useOverview();
  const listening = lab === undefined ? [] : listeningOf(lab.status, lab.sharing);
  return (
    <Panel
      title="Exposure"
      note={lab === undefined ? 'What listens where.' : exposureWords(lab.sharing, listening)}
      testId="exposure"
    >
      {lab === undefined ? (
        <Skeleton height="5rem" />
      ) : (
        <ul className={styles.rows}>
          {listening.map(({ what, port, reach }) => (
            <li key={`${what} ${port}`} className={styles.row}>
              <span>{what}</span>
              <code>{reach === 'network' ? `all addresses, port ${port}` : `127.0.0.1:${port}`}</code>
              {reach === 'network' ? (
                <State tone="warn">Your network</State>
              ) : (
                <State tone="ok">This machine only</State>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
