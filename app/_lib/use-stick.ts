/** Follows what is written as long as the reader is at the end; whoever scrolls up is left in peace. */
'use client';

import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

/** Within this many pixels of the end counts as at the end. */
const NEAR = 48;
/** A scroll this soon after a touch is the reader's. */
const TOUCH_MS = 500;
const TOUCHES = ['wheel', 'touchmove', 'keydown', 'pointerdown', 'pointerup'] as const;

/** `begin`: false starts wherever the page is, for a reader who came for one place in the text. */
export function useStickToBottom(begin = true): {
  scroller: RefObject<HTMLElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** Is the reader away from the end? */
  away: boolean;
  toBottom: () => void;
} {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(begin);
  const [away, setAway] = useState(false);

  const toBottom = useCallback(() => {
    stuck.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, []);

  useEffect(() => {
    const view = scroller.current;
    const inner = content.current;
    if (view === null || inner === null) return;
    let before = view.scrollTop;
    let touched = Number.NEGATIVE_INFINITY;
    const onTouch = (event: Event) => {
      // A drag of the scroll bar lasts until the pointer is let go.
      touched = event.type === 'pointerdown' ? Number.POSITIVE_INFINITY : performance.now();
    };
    const onScroll = () => {
      const near = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR;
      // Words grow and shrink under us between a scroll and its event: only the reader's own move up leaves the end.
      const moved = performance.now() - touched < TOUCH_MS && view.scrollTop < before;
      if (near) stuck.current = true;
      else if (moved) stuck.current = false;
      before = view.scrollTop;
      setAway(!stuck.current);
    };
    const observer = new ResizeObserver(() => {
      if (stuck.current) view.scrollTop = view.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(view);
    view.addEventListener('scroll', onScroll, { passive: true });
    for (const name of TOUCHES) view.addEventListener(name, onTouch, { passive: true });
    return () => {
      observer.disconnect();
      view.removeEventListener('scroll', onScroll);
      for (const name of TOUCHES) view.removeEventListener(name, onTouch);
    };
  }, []);

  return { scroller, content, away, toBottom };
}
