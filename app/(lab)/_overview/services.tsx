'use client';

import { dockerAway, useLastSeen } from '../../_lib/docker.ts';
import type { LabOverview } from '../../_lib/wire.ts';
import { formatMoment } from '../../../server/schemas/format.ts';
import { useNow } from '../../_lib/use-now.ts';
import { Panel } from '../../_ui/panel.tsx';
import { DeleteData } from './delete-data.tsx';
import { ServiceRow } from './service-row.tsx';
import { useUsage } from './use-usage.ts';
import { labItems } from './view.ts';
import styles from './services.module.css';

/** The containers of the stack, a line each. While Docker is silent they are shown as they were last seen. */
export function Services({ lab, busy }: { lab: LabOverview; busy: boolean }) {
  const seen = useLastSeen();
  const away = dockerAway(lab) !== null;
  const now = labItems(lab).filter(({ domain }) => domain === 'service');
  const kept = away && seen !== null ? seen.services : null;
  const services = kept ?? now;
  const usage = useUsage(!away && services.some(({ state }) => state === 'managed'));
  const up = services.some(({ state }) => state === 'managed');
  const starting = lab.phase === 'starting' || lab.phase === 'stopping';
  if (services.length === 0) return null;
  return (
    <Panel
      title="Services"
      testId="services"
      note={kept === null ? undefined : <LastSeen at={seen?.lostAt ?? null} />}
    >
      <ul className={styles.services} data-last-seen={kept !== null}>
        {services.map((item) => (
          <ServiceRow
            key={item.name}
            item={item}
            home={lab.home}
            usage={usage.get(item.name)}
            attention={lab.attention}
            lastSeen={kept !== null}
            lonely={item.state === 'missing' && up && !starting}
            busy={busy}
          />
        ))}
      </ul>
      {!away && <DeleteData lab={lab} busy={busy} />}
    </Panel>
  );
}

function LastSeen({ at }: { at: number | null }) {
  const now = useNow();
  return <>Last seen{at === null ? '' : ` ${formatMoment(at, now)}`}; how they are now is not known.</>;
}
