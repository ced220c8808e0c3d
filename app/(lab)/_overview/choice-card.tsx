'use client';

import { useId } from 'react';
import { WithCode } from '../../_ui/copy.tsx';
import { StateMark } from '../../_ui/state.tsx';
import type { Need } from './choice-words.ts';
import styles from './choices.module.css';

interface ChoiceCardProps {
  name: string;
  value: string;
  title: string;
  words: string;
  needs: readonly Need[];
  checked: boolean;
  onPick: () => void;
}

/** One thing to choose: what it is, what it needs, whether that is there, and what to do where it is not. */
export function ChoiceCard({ name, value, title, words, needs, checked, onPick }: ChoiceCardProps) {
  const id = useId();
  return (
    <div className={styles.card} data-testid={`choice-${name}-${value}`}>
      <label className={styles.label}>
        <input
          type="radio"
          name={name}
          value={value}
          checked={checked}
          aria-describedby={id}
          onChange={onPick}
        />
        <span className={styles.title}>{title}</span>
      </label>
      <div id={id} className={styles.about}>
        <p>{words}</p>
        {needs.map((need) => (
          <NeedLine key={need.what} need={need} />
        ))}
      </div>
    </div>
  );
}

function NeedLine({ need: { what, there, found, fix } }: { need: Need }) {
  const tone = there === null ? 'idle' : there ? 'ok' : 'bad';
  const word = there === null ? 'Not known' : there ? 'There' : 'Missing';
  return (
    <div className={styles.need}>
      <StateMark tone={tone} />
      <div>
        <p>
          <span className={styles.word}>{word}:</span> <WithCode text={what} />
        </p>
        <p className={styles.found}>
          <WithCode text={found} />
        </p>
        {fix !== null && (
          <p className={styles.fix}>
            <WithCode text={fix} commands />
          </p>
        )}
      </div>
    </div>
  );
}
