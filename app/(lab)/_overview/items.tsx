'use client';

import type { LabOverview, StatusItem } from '../../_lib/wire.ts';
import { itemWord } from '../../_lib/words.ts';
import { WithCode } from '../../_ui/copy.tsx';
import { Fold } from '../../_ui/fold.tsx';
import { Panel } from '../../_ui/panel.tsx';
import { State } from '../../_ui/state.tsx';
import { metaFacts } from './meta.ts';
import { labItems } from './view.ts';
import styles from './items.module.css';

const DOMAINS: Record<StatusItem['domain'], string> = {
  weights: 'Weights',
  package: 'Package',
  process: 'Process',
  service: 'Service',
};

/** What the lab is made of. */
export function Items({ lab }: { lab: LabOverview }) {
  const own = labItems(lab);
  const others = lab.status.untracked_items;
  // What the attention list says in full is not said a second time.
  const told = lab.attention.map((one) => one.message).join('\n');
  if (own.length === 0 && others.length === 0) return null;
  return (
    <Panel title="What the lab is made of">
      {own.length === 0 ? <p className={styles.none}>Nothing yet.</p> : <ItemList items={own} told={told} />}
      {others.length > 0 && (
        <div className={styles.others}>
          <Fold title={`Also on this machine, not part of the lab: ${others.length}`}>
            <ItemList items={others} told={told} />
          </Fold>
        </div>
      )}
    </Panel>
  );
}

function ItemList({ items, told }: { items: readonly StatusItem[]; told: string }) {
  return (
    <ul className={styles.items}>
      {items.map((item) => (
        <Item key={`${item.domain} ${item.manager ?? ''} ${item.name}`} item={item} told={told} />
      ))}
    </ul>
  );
}

function Item({ item, told }: { item: StatusItem; told: string }) {
  const { tone, word } = itemWord(item);
  const facts = metaFacts(item.meta);
  return (
    <li className={styles.item} data-testid={`item-${item.domain}-${item.name}`}>
      <div className={styles.name}>
        <span className={styles.domain}>
          {DOMAINS[item.domain]}
          {item.manager !== undefined && `, ${item.manager}`}
        </span>
        <span className={styles.itemName}>{item.name}</span>
      </div>
      <div className={styles.state}>
        <State tone={tone}>{word}</State>
      </div>
      <div className={styles.more}>
        {item.error !== undefined && !told.includes(item.error) && (
          <p className={styles.error}>
            <WithCode text={item.error} commands />
          </p>
        )}
        {item.drift !== undefined && item.drift.length > 0 && (
          <p>Differs from ai-lab.yaml in: {item.drift.join(', ')}</p>
        )}
        {facts.length > 0 && (
          <dl className={styles.facts}>
            {facts.map(({ key, name, text }) => (
              <div key={key} className={styles.fact}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        )}
        {item.path !== undefined && <p className={styles.path}>{item.path}</p>}
      </div>
    </li>
  );
}
