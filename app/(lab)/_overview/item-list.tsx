'use client';

import { useId, useState } from 'react';
import type { ItemUsage, StatusItem } from '../../_lib/wire.ts';
import { itemWord } from '../../_lib/words.ts';
import { Button } from '../../_ui/button.tsx';
import { WithCode } from '../../_ui/copy.tsx';
import { Facts } from '../../_ui/facts.tsx';
import { ChevronIcon } from '../../_ui/icons.tsx';
import { State } from '../../_ui/state.tsx';
import { Drift } from './drift.tsx';
import { itemRole } from './item-words.ts';
import { metaFacts } from './meta.ts';
import { Since, Use } from './row-parts.tsx';
import styles from './services.module.css';

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
    <ul className={styles.services}>
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

/** One quiet line for what is well; its facts for those who ask. */
function Item({ item, told, busy, usage }: ItemProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { tone, word } = itemWord(item);
  return (
    <li className={styles.service} data-testid={`item-${item.domain}-${item.name}`}>
      <div className={styles.line}>
        <div className={styles.who}>
          <span className={styles.name}>{item.name}</span>
          <span className={styles.role}>{itemRole(item)}</span>
        </div>
        <div className={styles.how}>
          <State tone={tone}>{word}</State>
          <Since item={item} />
        </div>
        <Use usage={item.state === 'managed' ? usage : undefined} />
        <div className={styles.act}>
          <Button
            kind="quiet"
            small
            aria-expanded={open}
            aria-controls={id}
            aria-label={`Details of ${item.name}`}
            onClick={() => setOpen(!open)}
          >
            Details <ChevronIcon open={open} />
          </Button>
        </div>
      </div>
      {item.error !== undefined && !told.includes(item.error) && (
        <p className={styles.error}>
          <WithCode text={item.error} commands />
        </p>
      )}
      {/* What has ended runs in no way at all. */}
      {item.health !== 'exited' && <Drift item={item} busy={busy} />}
      <div id={id} hidden={!open} className={styles.details}>
        {open && <Details item={item} />}
      </div>
    </li>
  );
}

function Details({ item }: { item: StatusItem }) {
  const facts = metaFacts(item.meta).map(({ name, text }) => ({
    name: name.charAt(0).toUpperCase() + name.slice(1),
    value: text,
  }));
  const path = item.path === undefined ? [] : [{ name: 'Path', value: item.path }];
  const all = [...facts, ...path];
  return all.length === 0 ? <p>Nothing more is known of it.</p> : <Facts facts={all} />;
}
