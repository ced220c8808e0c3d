'use client';

import dynamic from 'next/dynamic';
import styles from './markdown.module.css';

/** The parser is big and only Chat needs it: until it is there, the words stand plain. */
const Markdown = dynamic(() => import('./markdown.tsx').then((module) => module.Markdown), { ssr: false });

export function LazyMarkdown({ text }: { text: string }) {
  return (
    <div className={styles.markdown}>
      <Markdown text={text} />
    </div>
  );
}
