/** A way out of the dashboard that a model's words offer: it tells its true host, and asks before it is taken. */
'use client';

import { useState, type MouseEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { Confirm } from '../../../_ui/dialog.tsx';
import { linkTarget } from './links.ts';
import styles from './markdown.module.css';

export function OutsideLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  const [asking, setAsking] = useState(false);
  const target = linkTarget(href);
  if (target === null) return <span>{children}</span>;
  const ask = (event: MouseEvent) => {
    // The right button opens the browser's own menu, which shows the address.
    if (event.button === 2) return;
    event.preventDefault();
    setAsking(true);
  };
  const itsAddress = [href, target.href].includes(wordsOf(children));
  return (
    <>
      <a href={target.href} rel="noopener noreferrer" target="_blank" onClick={ask} onAuxClick={ask}>
        <bdi>{children}</bdi>
      </a>
      {/* A text that is the address tells the host already; one that only looks like an address does not. */}
      {!itsAddress && <bdi className={styles.host}> ({target.host})</bdi>}
      {asking &&
        createPortal(
          <Confirm
            title={target.host === 'mail' ? 'Write a mail?' : `Leave for ${target.host}?`}
            action="Open"
            tone="plain"
            onConfirm={() => window.open(target.href, '_blank', 'noopener,noreferrer')}
            onClose={() => setAsking(false)}
          >
            <p>The model wrote this link. It leads out of this machine, to</p>
            <p className={styles.address}>{target.href}</p>
          </Confirm>,
          document.body,
        )}
    </>
  );
}

export function wordsOf(node: ReactNode): string {
  if (typeof node === 'string') return node;
  return Array.isArray(node) ? node.map((part: ReactNode) => wordsOf(part)).join('') : '';
}
