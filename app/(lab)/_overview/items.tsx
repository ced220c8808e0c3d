'use client';

import type { LabOverview } from '../../_lib/wire.ts';
import { Panel } from '../../_ui/panel.tsx';
import { ItemList } from './item-list.tsx';
import { Untracked } from './untracked.tsx';
import { useUsage } from './use-usage.ts';
import { labItems } from './view.ts';
import styles from './items.module.css';

/** What the lab is made of, but for its services, which have a panel of their own; and what is beside it. */
export function Items({ lab, busy }: { lab: LabOverview; busy: boolean }) {
  const own = labItems(lab).filter(({ domain }) => domain !== 'service');
  // What the attention list says in full is not said a second time.
  const told = lab.attention.map((one) => one.message).join('\n');
  const usage = useUsage(own.some(({ domain, state }) => domain === 'process' && state === 'managed'));
  const beside = lab.status.untracked_items.length > 0;
  // Before the first start, that nothing is there is no news: the card above says what it will bring.
  const nothingYet =
    lab.starter !== null &&
    !busy &&
    own.every(({ state, error }) => state === 'missing' && error === undefined);
  if (!beside && (own.length === 0 || nothingYet)) return null;
  return (
    <Panel title="What the lab is made of">
      {own.length === 0 || nothingYet ? (
        <p className={styles.none}>Nothing yet.</p>
      ) : (
        <ItemList items={own} told={told} busy={busy} usage={usage} />
      )}
      <Untracked lab={lab} busy={busy} />
    </Panel>
  );
}
