'use client';

import type { ConfigProblem } from '../../../_lib/wire.ts';
import { StateMark } from '../../../_ui/state.tsx';
import styles from './config.module.css';

export const PROBLEMS_ID = 'config-problems';

interface ConfigProblemsProps {
  problems: readonly ConfigProblem[];
  onGo: (problem: ConfigProblem) => void;
}

export function ConfigProblems({ problems, onGo }: ConfigProblemsProps) {
  if (problems.length === 0) return null;
  return (
    <ul id={PROBLEMS_ID} className={styles.problems} aria-label="What is wrong" data-testid="config-problems">
      {problems.map((problem) => (
        <li
          key={`${problem.line}:${problem.column}:${problem.key}:${problem.message}`}
          className={styles.problem}
        >
          <StateMark tone="bad" size={12} />
          <button type="button" className={styles.go} onClick={() => onGo(problem)}>
            Line {problem.line}, column {problem.column}
          </button>
          <span>
            {problem.key !== '' && (
              <>
                <code>{problem.key}</code>:{' '}
              </>
            )}
            {problem.message}
          </span>
        </li>
      ))}
    </ul>
  );
}
