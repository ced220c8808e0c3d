/** Copying: a button that says when it has, and a command line that carries one. */
'use client';

import { useEffect, useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { cx } from './cx.ts';
import { CheckIcon, CopyIcon } from './icons.tsx';
import styles from './copy.module.css';

const COPIED = 'Copied';

/** False when the browser refuses; the text stays selectable then. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

interface CopyButtonProps {
  /** A function where it is only known when it is asked for. */
  text: string | (() => string);
  /** What is copied, for those who hear the page: `Copy <what>`. */
  what: string;
  /** Shown beside the icon; without it the icon stands alone. */
  label?: string;
  className?: string | undefined;
  testId?: string;
}

export function CopyButton({ text, what, label, className, testId }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const word = outcome === 'copied' ? COPIED : outcome === 'refused' ? 'Select and copy it by hand' : label;
  return (
    <Button
      kind="quiet"
      small
      className={className}
      aria-label={outcome === null ? `Copy ${what}` : undefined}
      title={`Copy ${what}`}
      data-testid={testId}
      onClick={() =>
        void copyText(typeof text === 'string' ? text : text()).then((done) =>
          setOutcome(done ? 'copied' : 'refused'),
        )
      }
    >
      {outcome === 'copied' ? <CheckIcon /> : <CopyIcon />}
      {word !== undefined && (
        // As wide as either word, so that what stands beside it stays under the pointer.
        <span className={styles.word} data-before={label} data-after={label && COPIED}>
          <span aria-live="polite">{word}</span>
        </span>
      )}
    </Button>
  );
}

/** One line for a terminal. */
export function Command({ text, wrap = false }: { text: string; wrap?: boolean }) {
  return (
    <span className={cx(styles.command, wrap && styles.wrap)}>
      <code>{text}</code>
      <CopyButton text={text} what={text} className={styles.copy} />
    </span>
  );
}

interface WithCodeProps {
  text: string;
  /** What stands between backticks is there to be typed: it can be copied. */
  commands?: boolean;
}

/** Words with `code` between backticks, as the server writes its messages and fixes. */
export function WithCode({ text, commands = false }: WithCodeProps): ReactNode {
  const [before, code, ...rest] = text.split('`');
  if (code === undefined) return before;
  return (
    <>
      {before}
      {/* One word is the name of something; a command has more. */}
      {commands && code.includes(' ') ? <Command text={code} /> : <code>{code}</code>}
      <WithCode text={rest.join('`')} commands={commands} />
    </>
  );
}
