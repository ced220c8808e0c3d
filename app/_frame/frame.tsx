/** The one calm frame of all pages: the rail, the banner when the server is silent, and the page. */
'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { LiveProvider } from '../_lib/live.tsx';
import { useSession } from '../_lib/session.ts';
import { queryClient } from '../_lib/trpc.ts';
import { ActivityStrip } from './activity-strip.tsx';
import { DockerBanner } from './docker-banner.tsx';
import { ExposureLine } from './exposure-line.tsx';
import { LoggedOut } from './logged-out.tsx';
import { Rail } from './rail.tsx';
import { ServerBanner } from './server-banner.tsx';
import styles from './frame.module.css';

export function Frame({ children }: { children: ReactNode }) {
  const session = useSession();
  if (session === 'out') return <LoggedOut />;
  return (
    <QueryClientProvider client={queryClient}>
      <LiveProvider>
        <a href="#page" className={styles.skip}>
          Skip to the page
        </a>
        <div className={styles.frame}>
          <Rail />
          <div className={styles.column}>
            <main id="page" className={styles.page} tabIndex={-1}>
              <ServerBanner />
              <DockerBanner />
              <ExposureLine />
              {children}
            </main>
            <ActivityStrip />
          </div>
        </div>
      </LiveProvider>
    </QueryClientProvider>
  );
}
