'use client';

import { InnerLink } from '../_ui/link.tsx';
import { usePathname } from 'next/navigation';
import { exposureWords, listeningOf } from '../../server/schemas/share-words.ts';
import { useOverview } from '../_lib/live.tsx';
import { WithCode } from '../_ui/copy.tsx';
import { StateMark } from '../_ui/state.tsx';
import { Ago } from '../_ui/time.tsx';
import styles from './exposure-line.module.css';

/** On every page, for as long as anyone but this machine can reach anything of the lab; the Share page says more. */
export function ExposureLine() {
  const lab = useOverview();
  const path = usePathname();
  if (lab === undefined || path === '/share') return null;
  const { sharing, status } = lab;
  const listening = listeningOf(status, sharing);
  const open = listening.some(({ reach }) => reach === 'network');
  if (!open && sharing.lan === null) return null;
  return (
    <p className={styles.line} data-testid="exposure-line">
      <StateMark tone={sharing.lan?.trouble === null ? 'busy' : 'warn'} />
      <span>
        <WithCode text={exposureWords(sharing, listening)} />{' '}
        {sharing.lan !== null && (
          <>
            It ends <Ago at={sharing.lan.until} />.{' '}
          </>
        )}
        <InnerLink href="/share">{sharing.lan === null ? 'See what listens' : 'See and end it'}</InnerLink>
      </span>
    </p>
  );
}
