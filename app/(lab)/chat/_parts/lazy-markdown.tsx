'use client';

import { lazy, Suspense } from 'react';
import { showHidden } from './hidden.ts';
import { Plain } from './plain.tsx';
import styles from './markdown.module.css';

/** The parser is big and only Chat needs it: until it is there, the words stand plain. */
const Markdown = lazy(() => import('./markdown.tsx').then((module) => ({ default: module.Markdown })));

export function LazyMarkdown({ text, live }: { text: string; live: boolean }) {
  return (
    <div className={styles.markdown}>
      <Suspense fallback={<Plain text={showHidden(text)} />}>
        <Markdown text={text} live={live} />
      </Suspense>
    </div>
  );
}
