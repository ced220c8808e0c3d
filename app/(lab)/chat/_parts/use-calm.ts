/** Dear work on a growing text, done at most a fraction of the time: the rest belongs to the page. */
'use client';

import { useEffect, useState, type ReactNode } from 'react';

/** After a parse that took so long, nothing is parsed for this many times as long. */
const REST = 4;
const CHEAP_MS = 4;
/** While words flow, the next of them bring what was left out: one commit a frame. This is for when they stop. */
const PAUSE_MS = 100;

interface Made {
  text: string;
  node: ReactNode;
  /** Not before this time of `performance.now()` again. */
  next: number;
}

/** What `make` makes of the text; while it grows, now and then of a text a few words shorter. */
export function useCalm(text: string, live: boolean, make: (text: string) => ReactNode): ReactNode {
  const [made, setMade] = useState<Made>(() => timed(text, make));
  const stale = made.text !== text;
  let shown = made;
  // When it is drawn decides only how much of the text is shown yet.
  // oxlint-disable-next-line react/purity
  if (stale && (!live || performance.now() >= made.next)) {
    shown = timed(text, make);
    setMade(shown);
  }
  const waits = shown.text !== text ? shown.next : null;
  const [, wake] = useState(0);
  useEffect(() => {
    if (waits === null) return;
    const timer = setTimeout(
      () => wake((turn) => turn + 1),
      Math.max(0, waits - performance.now()) + PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [waits]);
  return shown.node;
}

function timed(text: string, make: (text: string) => ReactNode): Made {
  const begun = performance.now();
  const node = make(text);
  const ended = performance.now();
  const cost = ended - begun;
  return { text, node, next: cost <= CHEAP_MS ? ended : ended + REST * cost };
}
