'use client';

import { useId } from 'react';
import { plural } from '../../../../server/schemas/format.ts';
import type { ShareInfo } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { CopyButton } from '../../../_ui/copy.tsx';
import { State } from '../../../_ui/state.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { QrCode } from './qr-code.tsx';
import styles from './share.module.css';

interface ShareCardProps {
  share: ShareInfo;
  /** Its code is shown. */
  open: boolean;
  onToggle: () => void;
  onRevoke: () => void;
}

export function ShareCard({ share, open, onToggle, onRevoke }: ShareCardProps) {
  const codeId = useId();
  const [url, ...others] = share.urls;
  return (
    <li className={styles.card} data-testid="share">
      <div className={styles.head}>
        {share.lan ? <State tone="warn">My network</State> : <State tone="ok">This machine</State>}
        <span className={styles.when}>
          ends <Ago at={share.expiresAt} />, made <Ago at={share.createdAt} />
          {share.createdBy === 'cli' && ' in a terminal'}
        </span>
        <span className={styles.when} data-testid="share-viewers">
          {share.viewers === 0 ? 'nobody is looking' : `${plural(share.viewers, 'person', 'people')} looking`}
        </span>
      </div>
      {url === undefined ? (
        <p className={styles.aside}>
          <code>{share.prefix}…</code> was made before the dashboard was started anew. It still works for who
          has it; only a hash of it is kept, so it cannot be shown again.
        </p>
      ) : (
        <div className={styles.link}>
          <a href={url} target="_blank" rel="noreferrer" data-testid="share-link">
            {url}
          </a>
          <CopyButton text={url} what="the link" label="Copy" />
        </div>
      )}
      {open && url !== undefined && (
        <div id={codeId} className={styles.code}>
          <QrCode text={url} label="QR code of the link" />
          <Beside share={share} others={others} badge={`${url}/badge.svg`} json={`${url}/status.json`} />
        </div>
      )}
      <div className={styles.actions}>
        {url !== undefined && (
          <Button small aria-expanded={open} aria-controls={open ? codeId : undefined} onClick={onToggle}>
            {open ? 'Hide the code' : 'Show the code'}
          </Button>
        )}
        <Button small data-testid="share-revoke" onClick={onRevoke}>
          Revoke
        </Button>
      </div>
    </li>
  );
}

interface BesideProps {
  share: ShareInfo;
  others: readonly string[];
  badge: string;
  json: string;
}

function Beside({ share, others, badge, json }: BesideProps) {
  const here = others.find((url) => new URL(url).hostname === 'localhost');
  const addresses = others.filter((url) => url !== here);
  return (
    <div className={styles.beside}>
      <p>
        {share.lan
          ? 'Point a phone’s camera at the code. The phone must be in the same network as this machine.'
          : 'This link opens on this machine only: a phone needs one for your network.'}
      </p>
      {addresses.length > 0 && (
        <p>
          If it can’t be reached, try another address of this machine: <Links urls={addresses} />
        </p>
      )}
      {share.lan && here !== undefined && (
        <p>
          On this machine itself: <Links urls={[here]} />
        </p>
      )}
      <p>
        The same as a{' '}
        <a href={badge} target="_blank" rel="noreferrer">
          badge
        </a>{' '}
        and as{' '}
        <a href={json} target="_blank" rel="noreferrer">
          JSON
        </a>
        .
      </p>
    </div>
  );
}

function Links({ urls }: { urls: readonly string[] }) {
  return urls.map((url) => (
    <span key={url} className={styles.other}>
      <a href={url} target="_blank" rel="noreferrer">
        {new URL(url).host}
      </a>{' '}
    </span>
  ));
}
