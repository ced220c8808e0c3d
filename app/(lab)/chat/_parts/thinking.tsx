/** What the model thought before it answered: folded, with how long it took; never part of the answer. */
'use client';

import { useState } from 'react';
import { formatDuration } from '../../../../server/schemas/format.ts';
import { showHidden } from './hidden.ts';
import styles from './thinking.module.css';

interface ThinkingProps {
  thought: string;
  /** Milliseconds so far. */
  ms: number;
  /** The answer has not begun. */
  going: boolean;
}

export function Thinking({ thought, ms, going }: ThinkingProps) {
  const [open, setOpen] = useState(false);
  return (
    <details
      className={styles.thinking}
      data-testid="thinking"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {going ? 'Thinking' : 'Thought'} for <span className="fig">{lasted(ms, going)}</span>
      </summary>
      {/* Drawn for those who look: a long thought that nobody sees costs nothing. */}
      {open && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
        <section className={styles.words} aria-label="What the model thought" tabIndex={0}>
          {showHidden(thought.trim())}
        </section>
      )}
    </details>
  );
}

/** Whole seconds while it goes: tenths that flicker tell nothing. */
function lasted(ms: number, going: boolean): string {
  return formatDuration(going ? Math.max(1000, Math.floor(ms / 1000) * 1000) : ms);
}
