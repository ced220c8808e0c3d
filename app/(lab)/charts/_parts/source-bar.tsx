'use client';

import { formatClock, formatMoment } from '../../../../server/schemas/format.ts';
import { useNow } from '../../../_lib/use-now.ts';
import type { MetricSeries } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import { Note } from '../../../_ui/note.tsx';
import { csvOf, save } from './export.ts';
import { zoomed, type Zoom } from './zoom.ts';
import styles from './source-bar.module.css';

const SOURCES = {
  prometheus: { label: 'Prometheus', words: 'From the lab’s Prometheus, which hears from us every 5 s.' },
  ledger: { label: 'Ledger', words: 'From this lab’s ledger.' },
} as const;

interface SourceBarProps {
  series: MetricSeries;
  onSource: (source: MetricSeries['source']) => void;
  zoom: Zoom | null;
  onZoomEnd: () => void;
}

/** Where the numbers come from, and what can be done with them. */
export function SourceBar({ series, onSource, zoom, onZoomEnd }: SourceBarProps) {
  const shown = zoomed(series, zoom);
  const isZoomed = shown !== series;
  const name = `ailab-metrics-${series.range}-${series.source}.csv`;
  return (
    <div className={styles.bar}>
      <p className={styles.words} data-testid="metrics-source" data-source={series.source}>
        {SOURCES[series.source].words}{' '}
        {isZoomed ? (
          <strong>
            {formatClock(shown.from)} to {formatClock(shown.to)}
          </strong>
        ) : (
          'Draw over a chart to look closer.'
        )}
      </p>
      <div className={styles.tools}>
        {isZoomed && (
          <Button small onClick={onZoomEnd}>
            Show all again
          </Button>
        )}
        <Button
          kind="quiet"
          small
          title="Save all numbers as a table (CSV)"
          onClick={() => save(name, new Blob([csvOf(shown)], { type: 'text/csv;charset=utf-8' }))}
        >
          CSV
        </Button>
        {series.sources.length > 1 && (
          <Choice
            legend="Source"
            options={series.sources.map((value) => ({ value, label: SOURCES[value].label }))}
            value={series.source}
            onChange={onSource}
          />
        )}
      </div>
    </div>
  );
}

interface SourceTroubleProps {
  trouble: NonNullable<MetricSeries['trouble']>;
  onLedger: () => void;
}

export function SourceTrouble({ trouble, onLedger }: SourceTroubleProps) {
  const now = useNow();
  const { since, message, fix } = trouble;
  return (
    <Note
      tone="warn"
      testId="metrics-trouble"
      title={since === null ? 'No data from Prometheus' : `No data since ${formatMoment(since, now)}`}
      message={message}
      fix={fix}
    >
      <Button small onClick={onLedger}>
        Show the ledger’s numbers
      </Button>
    </Note>
  );
}
