/** Work that may wait until the page has come, and then is done piece by piece. */
'use client';

import { useEffect, useState } from 'react';
import { whenIdle } from '../_lib/when-idle.ts';

/** The page's own data comes first; and a browser and a server on one machine need time for each piece. */
const PAUSE_MS = 2000;
const GAP_MS = 200;

/** How many of `all` pieces may be begun: none while the page comes, then one more each time it is idle. */
export function useAhead(all: number): number {
  const [begun, setBegun] = useState(0);
  useEffect(() => {
    if (begun >= all) return;
    let cancel = () => {};
    const timer = setTimeout(
      () => {
        cancel = whenIdle(() => setBegun(begun + 1));
      },
      begun === 0 ? PAUSE_MS : GAP_MS,
    );
    return () => {
      clearTimeout(timer);
      cancel();
    };
  }, [begun, all]);
  return begun;
}
