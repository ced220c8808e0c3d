'use client';

import type { Activity, LabOverview } from '../../_lib/wire.ts';
import { StateMark } from '../../_ui/state.tsx';
import { ActionBar } from './action-bar.tsx';
import { actions, type Headline } from './view.ts';
import styles from './overview.module.css';

interface HeadlineBarProps {
  lab: LabOverview;
  running: Activity | undefined;
  headline: Headline;
  /** Nobody would hear a command. */
  down: boolean;
}

/** One sentence about the lab, and beside it what can be done. */
export function HeadlineBar({ lab, running, headline, down }: HeadlineBarProps) {
  return (
    <header className={styles.headline}>
      <div className={styles.sentence} aria-live="polite">
        <StateMark tone={headline.tone} size={16} />
        <div>
          <h1 className={styles.title} data-testid="headline">
            {headline.title}
          </h1>
          {headline.detail !== null && <p className={styles.detail}>{headline.detail}</p>}
        </div>
      </div>
      <ActionBar offered={down ? [] : actions(lab, running)} lab={lab} running={running} />
    </header>
  );
}
