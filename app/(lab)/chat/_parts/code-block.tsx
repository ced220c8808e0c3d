/** Code with its language, a button that copies it, and colours once it is complete. */
'use client';

import { memo, useEffect, useState, type ReactNode } from 'react';
import { whenIdle } from '../../../_lib/when-idle.ts';
import { CopyButton } from '../../../_ui/copy.tsx';
import type { Run } from './highlight.ts';
import styles from './code-block.module.css';

/** Past it the colours would cost more than they tell. */
const COLOURS_MAX = 20_000;

interface CodeBlockProps {
  code: string;
  language: string | undefined;
  complete: boolean;
}

export const CodeBlock = memo(function CodeBlock({ code, language, complete }: CodeBlockProps) {
  const runs = useColours(code, language, complete);
  return (
    <div className={styles.code}>
      <div className={styles.head} data-not-text>
        <span>{language ?? 'text'}</span>
        <CopyButton text={code} what="the code" label="Copy" />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
      <pre tabIndex={0} aria-label={`Code, ${language ?? 'text'}`}>
        <code>{runs === null ? code : runs.map(colour)}</code>
      </pre>
    </div>
  );
});

function colour({ text, kind }: Run, index: number): ReactNode {
  return kind === null ? (
    text
  ) : (
    // Runs never change once they are there.
    // oxlint-disable-next-line react/no-array-index-key
    <span key={index} className={styles[kind]}>
      {text}
    </span>
  );
}

/** Null until the colours are there, and where there are none. */
function useColours(code: string, language: string | undefined, complete: boolean): Run[] | null {
  const [made, setMade] = useState<{ of: string; runs: Run[] } | null>(null);
  const wanted = complete && language !== undefined && code.length <= COLOURS_MAX;
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    const cancel = whenIdle(() => {
      void coloured(language, code).then((runs) =>
        gone || runs === null ? undefined : setMade({ of: code, runs }),
      );
    });
    return () => {
      gone = true;
      cancel();
    };
  }, [wanted, language, code]);
  return made?.of === code ? made.runs : null;
}

/** Without the colours the code is still code. */
async function coloured(language: string, code: string): Promise<Run[] | null> {
  try {
    const { highlight } = await import('./highlight.ts');
    return highlight(language, code);
  } catch {
    return null;
  }
}
