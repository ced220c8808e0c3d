'use client';

import { InnerLink } from '../../_ui/link.tsx';
import { useState } from 'react';
import { listeningOf } from '../../../server/schemas/share-words.ts';
import type { Activity, LabOverview } from '../../_lib/wire.ts';
import { ACTIVITY_KINDS, ACTIVITY_STATES } from '../../_lib/words.ts';
import { Button } from '../../_ui/button.tsx';
import { Command } from '../../_ui/copy.tsx';
import { Facts, type Fact } from '../../_ui/facts.tsx';
import { Panel } from '../../_ui/panel.tsx';
import { State } from '../../_ui/state.tsx';
import { Ago, Elapsed } from '../../_ui/time.tsx';
import { engineTitle } from './choice-words.ts';
import { Choices } from './choices.tsx';
import styles from './overview.module.css';

interface LabFactsProps {
  lab: LabOverview;
  /** Something runs, or nobody would hear a command. */
  busy: boolean;
  last: Activity | undefined;
}

/** How to reach the lab, where it runs and why, and what happened last. */
export function LabFacts({ lab, busy, last }: LabFactsProps) {
  const [choosing, setChoosing] = useState(false);
  const [saved, setSaved] = useState(false);
  const facts: Fact[] = [];
  if (lab.gatewayUrl !== null)
    facts.push({ name: 'For programs', value: <ForPrograms url={lab.gatewayUrl} /> });
  const choose = () => {
    setChoosing(!choosing);
    setSaved(false);
  };
  facts.push({
    name: 'Runs on',
    value: <RunsOn lab={lab} choosing={choosing} saved={saved} onChoose={choose} />,
  });
  if (lab.runtime !== null) facts.push({ name: 'Runtime', value: runtimeWords(lab.runtime) });
  facts.push({ name: 'Reached by', value: <ReachedBy lab={lab} /> });
  if (lab.lock !== null) facts.push({ name: 'Lock', value: <InForce lock={lab.lock} /> });
  if (last !== undefined) facts.push({ name: 'Last', value: <Last activity={last} /> });
  return (
    <Panel title="The lab">
      <Facts facts={facts} />
      {choosing && (
        <Choices
          lab={lab}
          busy={busy}
          onClose={() => setChoosing(false)}
          onSaved={() => {
            setChoosing(false);
            setSaved(true);
          }}
        />
      )}
    </Panel>
  );
}

function ReachedBy({ lab: { sharing, status } }: { lab: LabOverview }) {
  const open = listeningOf(status, sharing).filter(({ reach }) => reach === 'network');
  const words = open.map(({ what, port }) => `${what} on port ${port}`).join(', ');
  return (
    <>
      {words === '' ? 'this machine only' : `your network: ${words}; all else by this machine only`}
      <span className={styles.aside}>
        {' '}
        ·{' '}
        <InnerLink href="/share">
          {sharing.shares === 0 ? 'share its status' : 'see what is shared'}
        </InnerLink>
      </span>
    </>
  );
}

function InForce({ lock }: { lock: NonNullable<LabOverview['lock']> }) {
  return (
    <>
      <InnerLink href="/lock">
        <code>{lock.sha256.slice(0, 12)}</code>
      </InnerLink>
      <span className={styles.aside}>
        , {lock.origin === 'up' ? 'written by a start' : 'imported'} <Ago at={lock.createdAt} />
      </span>
    </>
  );
}

interface RunsOnProps {
  lab: LabOverview;
  choosing: boolean;
  saved: boolean;
  onChoose: () => void;
}

function RunsOn({ lab, choosing, saved, onChoose }: RunsOnProps) {
  return (
    <>
      {engineTitle(lab.engine)}, profile {lab.profile}
      {lab.engineReason !== '' && <span className={styles.aside}>: {lab.engineReason}</span>}{' '}
      <Button kind="quiet" small data-testid="change-engine" aria-expanded={choosing} onClick={onChoose}>
        Change…
      </Button>
      <output className={styles.aside}>
        {saved && 'Saved in ai-lab.yaml; it takes effect with the next Start.'}
      </output>
    </>
  );
}

function ForPrograms({ url }: { url: string }) {
  return (
    <>
      <Command text={url} />{' '}
      <span className={styles.aside}>
        speaks OpenAI’s API; <InnerLink href="/settings">make a key</InnerLink> for it
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
      <InnerLink href="/activity">{ACTIVITY_KINDS[activity.kind]}</InnerLink>{' '}
      <Ago at={activity.endedAt ?? activity.startedAt} />, <State tone={tone}>{word.toLowerCase()}</State>{' '}
      after <Elapsed from={activity.startedAt} to={activity.endedAt} />
      {activity.outcome !== null && <span className={styles.aside}> {activity.outcome}</span>}
    </>
  );
}
