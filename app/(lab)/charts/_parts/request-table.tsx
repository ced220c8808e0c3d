'use client';

import { useId, useState } from 'react';
import { formatCount, formatDuration, formatFigure } from '../../../../server/schemas/format.ts';
import type { LedgerRow } from '../../../_lib/wire.ts';
import { OUTCOMES } from '../../../_lib/words.ts';
import { Button } from '../../../_ui/button.tsx';
import { State } from '../../../_ui/state.tsx';
import { Ago } from '../../../_ui/time.tsx';
import { Waterfall } from './waterfall.tsx';
import styles from './request-table.module.css';

/** What is seen at once; the rest is one press away. */
const FEW = 12;

export function RequestTable({ rows }: { rows: readonly LedgerRow[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FEW);
  return (
    <>
      {/* What scrolls must be reachable by the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={styles.scroll} aria-label="Requests" tabIndex={0}>
        <table className={styles.table} data-testid="metrics-requests">
          <thead>
            <tr>
              <th scope="col">
                <span className="hear">Details</span>
              </th>
              <th scope="col">When</th>
              <th scope="col">Outcome</th>
              <th scope="col">Caller</th>
              <th scope="col">Model</th>
              <th scope="col" className={styles.number}>
                First token
              </th>
              <th scope="col" className={styles.number}>
                Tokens/s
              </th>
              <th scope="col" className={styles.number}>
                Prompt
              </th>
              <th scope="col" className={styles.number}>
                Generated
              </th>
              <th scope="col" className={styles.number}>
                Duration
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > FEW && (
        <Button kind="quiet" small aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show ${rows.length - FEW} more`}
        </Button>
      )}
    </>
  );
}

const COLUMNS = 10;

function Row({ row }: { row: LedgerRow }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { tone, word } = OUTCOMES[row.outcome];
  const prompt = row.promptTokens === null ? '–' : formatCount(row.promptTokens);
  const cached = row.cachedTokens === null ? '' : `, ${formatCount(row.cachedTokens)} of them cached`;
  return (
    <>
      <tr>
        <td>
          <Button
            kind="quiet"
            small
            aria-expanded={open}
            aria-controls={id}
            aria-label={`${open ? 'Hide' : 'Details'}: where its time went`}
            data-testid="request-details"
            onClick={() => setOpen(!open)}
          >
            {open ? 'Hide' : 'Details'}
          </Button>
        </td>
        <td>
          <Ago at={row.startedAt} />
        </td>
        <td title={`HTTP ${row.status}, ${row.route}${row.streamed ? ', streamed' : ''}`}>
          <State tone={tone}>{row.errorCode === null ? word : `${word}: ${row.errorCode}`}</State>
        </td>
        <td>{row.caller}</td>
        <td>{row.model}</td>
        <td className={styles.number}>{row.ttftMs === null ? '–' : formatDuration(row.ttftMs)}</td>
        <td className={styles.number}>
          {row.tokensPerSecond === null ? '–' : formatFigure(row.tokensPerSecond)}
        </td>
        <td className={styles.number} title={`${prompt} tokens${cached}`}>
          {prompt}
        </td>
        <td className={styles.number}>
          {row.completionTokens === null ? '–' : formatCount(row.completionTokens)}
        </td>
        <td className={styles.number}>{formatDuration(row.durationMs)}</td>
      </tr>
      {open && (
        <tr id={id}>
          <td colSpan={COLUMNS}>
            <div className={styles.opened}>
              <Waterfall row={row} />
            </div>
          </td>
        </tr>
      )}
    </>
  );
}
