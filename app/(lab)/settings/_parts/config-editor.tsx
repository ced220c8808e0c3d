'use client';

import type { Ref } from 'react';
import type { ConfigProblem } from '../../../_lib/wire.ts';
import { cx } from '../../../_ui/cx.ts';
import { StateMark } from '../../../_ui/state.tsx';
import { PROBLEMS_ID } from './config-problems.tsx';
import { countLines } from './lines.ts';
import styles from './config.module.css';

interface ConfigEditorProps {
  ref: Ref<HTMLTextAreaElement>;
  text: string;
  problems: readonly ConfigProblem[];
  onChange: (text: string) => void;
  onSave: () => void;
}

const FEWEST_ROWS = 8;

/** Plain text with its line numbers. The field is as tall as its text; the frame around both scrolls. */
export function ConfigEditor({ ref, text, problems, onChange, onSave }: ConfigEditorProps) {
  const lines = countLines(text);
  const wrong = new Set(problems.map(({ line }) => line));
  return (
    <div className={styles.editor}>
      <div className={styles.gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, at) => at + 1).map((line) => (
          <span key={line} className={cx(styles.number, wrong.has(line) && styles.wrong)}>
            {wrong.has(line) && <StateMark tone="bad" size={9} />}
            {line}
          </span>
        ))}
      </div>
      <textarea
        ref={ref}
        className={styles.field}
        data-testid="config-text"
        aria-label="Text of ai-lab.yaml"
        aria-invalid={problems.length > 0}
        aria-describedby={problems.length > 0 ? PROBLEMS_ID : undefined}
        rows={Math.max(lines, FEWEST_ROWS)}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSave();
        }}
      />
    </div>
  );
}
