'use client';

import { useId } from 'react';
import { Button } from '../../../_ui/button.tsx';
import { cx } from '../../../_ui/cx.ts';
import styles from './settings-panel.module.css';

interface FieldProps {
  name: string;
  /** What holds where the field is empty. */
  fallback: string;
  /** What it does, in a sentence. */
  about: string;
  value: string;
  problem: string | undefined;
  /** More than one line. */
  rows?: number;
  testId: string;
  onChange: (value: string) => void;
}

/** One setting: empty is the default, and what differs from it is marked and can be taken back. */
export function SettingsField(props: FieldProps) {
  const { name, fallback, about, value, problem, rows, testId, onChange } = props;
  const id = useId();
  const differs = value.trim() !== '';
  const shared = {
    id,
    value,
    placeholder: fallback,
    'data-testid': testId,
    'aria-describedby': `${id}-about`,
    'aria-invalid': problem !== undefined,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  return (
    <div className={cx(styles.field, differs && styles.differs)} data-differs={differs || undefined}>
      <div className={styles.fieldHead}>
        <label htmlFor={id}>{name}</label>
        {differs && (
          <>
            <span className={styles.mark}>not the default</span>
            <Button kind="quiet" small aria-label={`Reset ${name}`} onClick={() => onChange('')}>
              Reset
            </Button>
          </>
        )}
      </div>
      {rows === undefined ? (
        <input className={styles.input} inputMode="decimal" autoComplete="off" {...shared} />
      ) : (
        <textarea className={styles.input} rows={rows} {...shared} />
      )}
      <p id={`${id}-about`} className={problem === undefined ? styles.about : styles.problem}>
        {problem ?? about}
      </p>
    </div>
  );
}
