'use client';

import type { LabOverview, StatusItem } from '../../_lib/wire.ts';
import { Fold } from '../../_ui/fold.tsx';
import { ItemList } from './item-list.tsx';
import styles from './items.module.css';

const WHY: Record<StatusItem['domain'], { title: string; words: string }> = {
  service: {
    title: 'Containers that are not the lab’s',
    words:
      'They carry this lab’s project label, but its stack does not name them. They are shown so that you know; Start and Stop leave them alone.',
  },
  weights: {
    title: 'Weights that the lab does not use',
    words:
      'They lie in a folder the lab looks into, but ai-lab.yaml does not ask for them. They stay as they are.',
  },
  package: {
    title: 'Tools that nothing asks for',
    words: 'They are in the lab’s own home from before. Nothing removes them by itself.',
  },
  process: {
    title: 'A runtime without a record',
    words: 'A process of this home that no record tells of. It is left alone.',
  },
};

const LEFT_ON_DOCKER = {
  title: 'Services that still run on Docker',
  words:
    'They are from before the lab chose another engine. To end them, choose docker again under “Change…”, then stop the lab.',
};

/** Of each kind; a page of a thousand rows helps nobody. */
const SHOWN = 50;

/** What is beside the lab: explained, never touched, never offered for deletion. */
export function Untracked({ lab, busy }: { lab: LabOverview; busy: boolean }) {
  // A runtime that is being started is there before its record is.
  const told = lab.status.untracked_items.filter(({ domain }) => !busy || domain !== 'process');
  const groups = Map.groupBy(told, ({ domain }) => domain);
  return [...groups].map(([domain, items]) => {
    const why = domain === 'service' && lab.engine === 'embedded' ? LEFT_ON_DOCKER : WHY[domain];
    return (
      <div key={domain} className={styles.others} data-testid={`untracked-${domain}`}>
        <Fold title={`${why.title}: ${items.length}`}>
          <p className={styles.why}>{why.words}</p>
          <ItemList items={items.slice(0, SHOWN)} />
          {items.length > SHOWN && (
            <p className={styles.why}>
              {items.length - SHOWN} more are not drawn here: <code>ailab-web status</code> lists all of them.
            </p>
          )}
        </Fold>
      </div>
    );
  });
}
