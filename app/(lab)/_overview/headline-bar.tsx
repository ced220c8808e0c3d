'use client';

import { formatExact } from '../../../server/schemas/format.ts';
import { useNow } from '../../_lib/use-now.ts';
import type { Activity, LabOverview } from '../../_lib/wire.ts';
import { StateMark } from '../../_ui/state.tsx';
import { ActionBar } from './action-bar.tsx';
import type { Action, Headline } from './view.ts';
import styles from './overview.module.css';

interface HeadlineBarProps {
  lab: LabOverview;
  running: Activity | undefined;
  headline: Headline;
  offered: readonly Action[];
}

/** On paper, how it was when. */
function PrintedAt() {
  return <p className="paper">As of {formatExact(useNow())}</p>;
}

/** One sentence about the lab, and beside it what can be done. */
export function HeadlineBar({ lab, running, headline, offered }: HeadlineBarProps) {
  return (
    <header className={styles.headline}>
      <div className={styles.sentence} aria-live="polite">
        <StateMark tone={headline.tone} size={16} />
        <div>
          <h1 className={styles.title} data-testid="headline">
            {headline.title}
          </h1>
          {headline.detail !== null && <p className={styles.detail}>{headline.detail}</p>}
          <PrintedAt />
        </div>
      </div>
      <ActionBar offered={offered} lab={lab} running={running} />
    </header>
  );
}
