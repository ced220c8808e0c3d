'use client';

import Link from 'next/link';
import { exposureWords } from '../../server/schemas/share.ts';
import { useOverview } from '../_lib/live.tsx';
import { Note } from '../_ui/note.tsx';
import { Ago } from '../_ui/time.tsx';
import styles from './server-banner.module.css';

/** On every page, for as long as anyone but this machine can reach anything of the lab. */
export function ExposureLine() {
  const sharing = useOverview()?.sharing;
  if (sharing === undefined || sharing.lan === null) return null;
  return (
    <div className={styles.banner}>
      <Note
        tone={sharing.lan.trouble === null ? 'idle' : 'warn'}
        testId="exposure-line"
        message={exposureWords(sharing)}
      >
        <span>
          Ends <Ago at={sharing.lan.until} />. <Link href="/share">See and end it</Link>
        </span>
      </Note>
    </div>
  );
}
