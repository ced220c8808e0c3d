/** What opens the palette: a button that everybody sees, and a key. The palette itself is fetched when asked for. */
'use client';

import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { SearchIcon } from '../_ui/icons.tsx';
import type { PageEntry } from './rail.tsx';
import { shortcutOf, SHORTCUTS, useCommandKey } from './shortcuts.ts';
import styles from './palette-launcher.module.css';

const load = () => import('./palette.tsx');
const Palette = dynamic(() => load().then(({ Palette }) => Palette), { ssr: false });

export function PaletteLauncher({ pages }: { pages: readonly PageEntry[] }) {
  const [open, setOpen] = useState(false);
  const router = useRouter();
  const command = useCommandKey();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const shortcut = shortcutOf(event);
      if (shortcut === null) return;
      event.preventDefault();
      if (shortcut === 'palette') setOpen((was) => !was);
      else router.push(shortcut === 'settings' ? '/settings' : '/chat');
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [router]);
  return (
    <>
      <button
        type="button"
        className={styles.button}
        data-testid="palette-open"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setOpen(true)}
      >
        <SearchIcon />
        <span className={styles.words}>{SHORTCUTS.palette.what}</span>
        <kbd className={styles.keys} aria-hidden="true">
          {command} {SHORTCUTS.palette.shown}
        </kbd>
      </button>
      {open && <Palette pages={pages} onClose={() => setOpen(false)} />}
    </>
  );
}
