'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useRef, type ReactNode } from 'react';
import { dockerAway } from '../_lib/docker.ts';
import { useDownSince, useOverview, useRunningActivity } from '../_lib/live.tsx';
import {
  ActivityIcon,
  ChatIcon,
  HooksIcon,
  LockIcon,
  LogsIcon,
  Mark,
  MetricsIcon,
  ModelsIcon,
  OverviewIcon,
  SettingsIcon,
  ShareIcon,
} from '../_ui/icons.tsx';
import { ConnectIcon } from '../_ui/chat-icons.tsx';
import { StateMark } from '../_ui/state.tsx';
import { PHASE_WORDS } from '../../server/schemas/state-words.ts';
import { PaletteLauncher } from './palette-launcher.tsx';
import { useAhead } from './use-ahead.ts';
import styles from './rail.module.css';

export interface PageEntry {
  href: string;
  name: string;
  icon: ReactNode;
}

const PAGES: readonly PageEntry[] = [
  { href: '/', name: 'Overview', icon: <OverviewIcon /> },
  { href: '/chat', name: 'Chat', icon: <ChatIcon /> },
  { href: '/charts', name: 'Metrics', icon: <MetricsIcon /> },
  { href: '/models', name: 'Models', icon: <ModelsIcon /> },
  { href: '/connect', name: 'Connect', icon: <ConnectIcon /> },
  { href: '/activity', name: 'Activity', icon: <ActivityIcon /> },
  { href: '/hooks', name: 'Hooks', icon: <HooksIcon /> },
  { href: '/lock', name: 'Lock', icon: <LockIcon /> },
  { href: '/logs', name: 'Logs', icon: <LogsIcon /> },
  { href: '/share', name: 'Share', icon: <ShareIcon /> },
  { href: '/settings', name: 'Settings', icon: <SettingsIcon /> },
];

/** Left on a wide screen, along the bottom on a phone. */
export function Rail() {
  const path = usePathname();
  const pages = useRef<HTMLUListElement>(null);
  const ahead = useAhead(PAGES.length);
  useEffect(() => {
    // On a phone they are more than fit side by side.
    const links = [...(pages.current?.querySelectorAll('a') ?? [])];
    links.find((link) => link.pathname === path)?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [path]);
  return (
    <header className={styles.rail}>
      <div className={styles.mark}>
        <Mark />
        <span>ailab-web</span>
      </div>
      <PaletteLauncher pages={PAGES} />
      <nav aria-label="Pages">
        <ul ref={pages} className={styles.pages}>
          {PAGES.map(({ href, name, icon }, index) => (
            <li key={href}>
              {/* Fetched ahead, shell and all, one by one: pages open at once, and while the server is away. */}
              <Link
                href={href}
                prefetch={index < ahead}
                className={styles.page}
                aria-current={isWithin(path, href) ? 'page' : undefined}
              >
                {icon}
                <span>{name}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <LabState />
    </header>
  );
}

/** A page, or one below it. */
function isWithin(path: string, href: string): boolean {
  return path === href || (href !== '/' && path.startsWith(`${href}/`));
}

const NOT_KNOWN = { tone: 'warn', word: 'Not known' } as const;

/** How the lab is, from every page. */
function LabState() {
  const overview = useOverview();
  const running = useRunningActivity();
  const down = useDownSince() !== null;
  if (overview === undefined) return <p className={styles.lab} />;
  const { tone, word } =
    down || dockerAway(overview) !== null
      ? NOT_KNOWN
      : PHASE_WORDS[running?.kind === 'up' ? 'starting' : overview.phase];
  return (
    <p className={styles.lab}>
      <StateMark tone={tone} />
      <span>
        <span className="hear">The lab: </span>
        {word}
        <span className={styles.version}>{overview.version}</span>
      </span>
    </p>
  );
}
