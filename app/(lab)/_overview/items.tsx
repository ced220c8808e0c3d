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
  if (own.length === 0 && lab.status.untracked_items.length === 0) return null;
  return (
    <Panel title="What the lab is made of">
      {own.length === 0 ? (
        <p className={styles.none}>Nothing yet.</p>
      ) : (
        <ItemList items={own} told={told} busy={busy} usage={usage} />
      )}
      <Untracked lab={lab} />
    </Panel>
  );
}
