'use client';

import { InnerLink } from '../../_ui/link.tsx';
import { useId, useState } from 'react';
import type { ItemUsage, LabOverview, StatusItem } from '../../_lib/wire.ts';
import { itemWord, serviceName } from '../../_lib/words.ts';
import { Button } from '../../_ui/button.tsx';
import { WithCode } from '../../_ui/copy.tsx';
import { ChevronIcon } from '../../_ui/icons.tsx';
import { State } from '../../_ui/state.tsx';
import { Drift } from './drift.tsx';
import { Since, Use } from './row-parts.tsx';
import { ServiceDetails } from './service-details.tsx';
import { PageLink } from './page-link.tsx';
import { servicePage, serviceRole } from './service-words.ts';
import styles from './services.module.css';

const DONE = { tone: 'ok', word: 'Managed, done' } as const;
const GONE = { tone: 'warn', word: 'Missing' } as const;

interface ServiceRowProps {
  item: StatusItem;
  home: string;
  usage: ItemUsage | undefined;
  attention: LabOverview['attention'];
  /** Docker is silent: this is how it was. */
  lastSeen: boolean;
  /** It is missing while the others are there: in a lab that is down, that is as it should be. */
  lonely: boolean;
  /** Something runs already; nothing else can be started. */
  busy: boolean;
}

/** One quiet line for a healthy service; what is wrong and what can be done about it, below it. */
export function ServiceRow({ item, home, usage, attention, lastSeen, lonely, busy }: ServiceRowProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  // A container that was to run once and did has nothing wrong with it.
  const { tone, word } = item.meta['done'] === true ? DONE : lonely ? GONE : itemWord(item);
  const name = serviceName(item.name);
  const page = lastSeen ? null : servicePage(item);
  const sick = item.health === 'exited' || item.health === 'unhealthy';
  const told = attention.some(({ message }) => item.error !== undefined && message.includes(item.error));
  return (
    <li className={styles.service} data-testid={`item-service-${item.name}`}>
      <div className={styles.line}>
        <div className={styles.who}>
          <span className={styles.name}>{name}</span>
          <span className={styles.role}>{serviceRole(item.name)}</span>
        </div>
        <div className={styles.how}>
          <State tone={lastSeen ? 'idle' : tone}>{lastSeen ? `Was ${word.toLowerCase()}` : word}</State>
          <Since item={item} />
        </div>
        <Use usage={item.state === 'managed' ? usage : undefined} />
        <div className={styles.act}>
          {page !== null && <PageLink page={page} grafana={item.name === 'grafana'} />}
          {sick && <InnerLink href={`/logs?service=${encodeURIComponent(item.name)}`}>Its log</InnerLink>}
          <Button
            kind="quiet"
            small
            aria-expanded={open}
            aria-controls={id}
            aria-label={`Details of ${name}`}
            onClick={() => setOpen(!open)}
          >
            Details <ChevronIcon open={open} />
          </Button>
        </div>
      </div>
      {item.error !== undefined && !told && (
        <p className={styles.error}>
          <WithCode text={item.error} commands />
        </p>
      )}
      {!lastSeen && <Drift item={item} busy={busy} />}
      <div id={id} hidden={!open} className={styles.details}>
        {open && <ServiceDetails item={item} home={home} />}
      </div>
    </li>
  );
}
