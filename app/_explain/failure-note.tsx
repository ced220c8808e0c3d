/** A failure: in plain words first, then the line that tells it, what to do, and the raw words for those who want them. */
'use client';

import type { ReactNode } from 'react';
import type { Report } from '../_lib/report.ts';
import type { LabOverview } from '../_lib/wire.ts';
import { Fold } from '../_ui/fold.tsx';
import { Note } from '../_ui/note.tsx';
import { Repair } from './repair.tsx';
import styles from './explain.module.css';

type Explained = LabOverview['attention'][number];

interface FailureNoteProps {
  report: Explained | Report;
  tone: 'bad' | 'warn';
  /** Something runs, or the server is silent: nothing can be applied now. */
  busy: boolean;
  /** What failed is no longer the newest: what mends it is not offered any more. */
  past?: boolean;
  children?: ReactNode;
}

export function FailureNote({ report, tone, busy, past = false, children }: FailureNoteProps) {
  const explanation = 'explanation' in report ? report.explanation : undefined;
  if (explanation === undefined)
    return (
      <Note tone={tone} message={report.message} fix={report.fix}>
        {children}
      </Note>
    );
  const { sentence, evidence, fix, repair, raw, cause } = explanation;
  const said = sentence === report.message ? [] : [report.message];
  return (
    <div data-testid={`failure-${cause}`}>
      <Note tone={tone} message={sentence} fix={fix}>
        <div className={styles.more}>
          {evidence !== null && (
            <p className={styles.evidence} data-testid="evidence">
              <span className={styles.source}>Seen in {evidence.source}:</span> <code>{evidence.line}</code>
            </p>
          )}
          {repair !== null && !past && <Repair title={repair.title} changes={repair.changes} busy={busy} />}
          {said.length + raw.length > 0 && (
            <Fold title="In its own words">
              <pre className={styles.raw} data-testid="raw-words">
                {[...said, ...raw].join('\n')}
              </pre>
            </Fold>
          )}
          {children}
        </div>
      </Note>
    </div>
  );
}
