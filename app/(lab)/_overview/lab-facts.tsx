'use client';

import Link from 'next/link';
import type { Activity, LabOverview } from '../../_lib/wire.ts';
import { ACTIVITY_KINDS, ACTIVITY_STATES } from '../../_lib/words.ts';
import { Command } from '../../_ui/copy.tsx';
import { Facts, type Fact } from '../../_ui/facts.tsx';
import { Panel } from '../../_ui/panel.tsx';
import { State } from '../../_ui/state.tsx';
import { Ago, Elapsed } from '../../_ui/time.tsx';
import styles from './overview.module.css';

/** How to reach the lab, where it runs and why, and what happened last. */
export function LabFacts({ lab, last }: { lab: LabOverview; last: Activity | undefined }) {
  const facts: Fact[] = [];
  if (lab.gatewayUrl !== null)
    facts.push({ name: 'For programs', value: <ForPrograms url={lab.gatewayUrl} /> });
  facts.push({
    name: 'Engine',
    value: lab.engineReason === '' ? lab.engine : `${lab.engine}: ${lab.engineReason}`,
  });
  if (lab.runtime !== null) facts.push({ name: 'Runtime', value: runtimeWords(lab.runtime) });
  if (last !== undefined) facts.push({ name: 'Last', value: <Last activity={last} /> });
  return (
    <Panel title="The lab">
      <Facts facts={facts} />
    </Panel>
  );
}

function ForPrograms({ url }: { url: string }) {
  return (
    <>
      <Command text={url} />{' '}
      <span className={styles.aside}>
        speaks OpenAI’s API; <Link href="/settings">make a key</Link> for it
      </span>
    </>
  );
}

function runtimeWords({ kind, version, restarts }: NonNullable<LabOverview['runtime']>): string {
  const again = restarts === 0 ? '' : `, restarted ${restarts === 1 ? 'once' : `${restarts} times`}`;
  return `${kind}${version === null ? '' : ` ${version}`}${again}`;
}

function Last({ activity }: { activity: Activity }) {
  const { tone, word } = ACTIVITY_STATES[activity.state];
  return (
    <>
      <Link href="/activity">{ACTIVITY_KINDS[activity.kind]}</Link>{' '}
      <Ago at={activity.endedAt ?? activity.startedAt} />, <State tone={tone}>{word.toLowerCase()}</State>{' '}
      after <Elapsed from={activity.startedAt} to={activity.endedAt} />
      {activity.outcome !== null && <span className={styles.aside}> {activity.outcome}</span>}
    </>
  );
}
