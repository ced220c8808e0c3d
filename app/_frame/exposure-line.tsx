'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { exposureWords } from '../../server/schemas/share.ts';
import { useOverview } from '../_lib/live.tsx';
import { StateMark } from '../_ui/state.tsx';
import { Ago } from '../_ui/time.tsx';
import styles from './exposure-line.module.css';

/** On every page, for as long as anyone but this machine can reach anything of the lab; the Share page says more. */
export function ExposureLine() {
  const sharing = useOverview()?.sharing;
  const path = usePathname();
  if (sharing === undefined || sharing.lan === null || path === '/share') return null;
  return (
    <p className={styles.line} data-testid="exposure-line">
      <StateMark tone={sharing.lan.trouble === null ? 'busy' : 'warn'} />
      <span>
        {exposureWords(sharing)} It ends <Ago at={sharing.lan.until} />.{' '}
        <Link href="/share">See and end it</Link>
      </span>
    </p>
  );
}
