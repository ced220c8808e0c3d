'use client';

import type { ItemUsage, StatusItem } from '../../_lib/wire.ts';
import { itemWord } from '../../_lib/words.ts';
import { WithCode } from '../../_ui/copy.tsx';
import { State } from '../../_ui/state.tsx';
import { Drift } from './drift.tsx';
import { metaFacts } from './meta.ts';
import { usageFacts } from './service-words.ts';
import styles from './items.module.css';

const DOMAINS: Record<StatusItem['domain'], string> = {
  weights: 'Weights',
  package: 'Package',
  process: 'Process',
  service: 'Service',
};

interface ItemListProps {
  items: readonly StatusItem[];
  /** What is said elsewhere on the page is not said a second time. */
  told?: string;
  busy?: boolean;
  /** CPU and memory by name, where they are measured. */
  usage?: ReadonlyMap<string, ItemUsage>;
}

export function ItemList({ items, told = '', busy = false, usage }: ItemListProps) {
  return (
    <ul className={styles.items}>
      {items.map((item) => (
        <Item
          key={`${item.domain} ${item.manager ?? ''} ${item.name}`}
          item={item}
          told={told}
          busy={busy}
          usage={item.domain === 'process' ? usage?.get(item.name) : undefined}
        />
      ))}
    </ul>
  );
}

interface ItemProps {
  item: StatusItem;
  told: string;
  busy: boolean;
  usage: ItemUsage | undefined;
}

function Item({ item, told, busy, usage }: ItemProps) {
  const { tone, word } = itemWord(item);
  const facts = [...metaFacts(item.meta), ...usageFacts(usage)];
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
        <Drift item={item} busy={busy} />
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
