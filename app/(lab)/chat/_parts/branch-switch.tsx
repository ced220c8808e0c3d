'use client';

import type { KeyboardEvent } from 'react';
import { Button } from '../../../_ui/button.tsx';
import { BackIcon, ForthIcon } from '../../../_ui/chat-icons.tsx';
import styles from './turn.module.css';

interface BranchSwitchProps {
  /** What there are several of, e.g. `question`. */
  what: string;
  id: string;
  siblings: readonly string[];
  disabled: boolean;
  onSelect: (id: string) => void;
}

/** "2 / 3": the versions that stand in one place. By mouse, and by the arrow keys. */
export function BranchSwitch({ what, id, siblings, disabled, onSelect }: BranchSwitchProps) {
  const place = siblings.indexOf(id);
  const go = (step: number) => {
    const next = siblings[place + step];
    if (next !== undefined && !disabled) onSelect(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    go(event.key === 'ArrowLeft' ? -1 : 1);
  };
  if (siblings.length < 2) return null;
  return (
    <span
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- within a line of text, where no fieldset fits
      role="group"
      aria-label={`Versions of this ${what}`}
      className={styles.versions}
      data-testid="versions"
    >
      <Button
        kind="quiet"
        small
        aria-label={`Version before of this ${what}`}
        aria-disabled={disabled || place <= 0}
        onKeyDown={onKeyDown}
        onClick={() => go(-1)}
      >
        <BackIcon />
      </Button>
      <span className="fig" aria-live="polite">
        {place + 1} / {siblings.length}
      </span>
      <Button
        kind="quiet"
        small
        aria-label={`Next version of this ${what}`}
        aria-disabled={disabled || place >= siblings.length - 1}
        onKeyDown={onKeyDown}
        onClick={() => go(1)}
      >
        <ForthIcon />
      </Button>
    </span>
  );
}
