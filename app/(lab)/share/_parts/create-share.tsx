'use client';

import { useState } from 'react';
import { Button } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import styles from './share.module.css';

interface CreateShareProps {
  busy: boolean;
  onCreate: (input: { forMs: number; lan: boolean }) => void;
}

const HOUR = 3_600_000;
const LIFETIMES = [
  { value: '1', label: '1 hour' },
  { value: '24', label: '24 hours' },
  { value: '168', label: '7 days' },
] as const;
const REACHES = [
  { value: 'machine', label: 'This machine' },
  { value: 'network', label: 'My network' },
] as const;

export function CreateShare({ busy, onCreate }: CreateShareProps) {
  const [hours, setHours] = useState<(typeof LIFETIMES)[number]['value']>('24');
  const [reach, setReach] = useState<(typeof REACHES)[number]['value']>('machine');
  const lan = reach === 'network';
  return (
    <Panel title="New link">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onCreate({ forMs: Number(hours) * HOUR, lan });
        }}
      >
        <div className={styles.field}>
          <span aria-hidden="true">Lives for</span>
          <Choice legend="Lives for" options={LIFETIMES} value={hours} onChange={setHours} />
        </div>
        <div className={styles.field}>
          <span aria-hidden="true">Who can open it</span>
          <Choice legend="Who can open it" options={REACHES} value={reach} onChange={setReach} />
        </div>
        <Button type="submit" kind="primary" data-testid="share-create" disabled={busy}>
          {busy ? 'Making the link…' : 'Create link'}
        </Button>
      </form>
      <p className={styles.aside}>
        {lan
          ? 'Opens this one page on a port of its own to everyone in your network who has the link; the dashboard, the gateway and the services stay closed to them. It is not encrypted on the way, and the port closes with the last such link.'
          : 'The link works in browsers of this machine. Choose your network to show it on a phone or to a team.'}
      </p>
    </Panel>
  );
}
