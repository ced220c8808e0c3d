import { formatCount, formatDuration, formatFigure } from '../../../../server/schemas/format.ts';
import type { MetricSeries } from '../../../_lib/wire.ts';
import styles from './totals.module.css';

const length = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));

/** The range in a few figures. */
export function Totals({ totals }: { totals: MetricSeries['totals'] }) {
  const figures = [
    {
      name: 'Requests',
      value: formatCount(totals.requests ?? 0),
      more: errors(totals.errors ?? 0),
      testId: 'metrics-total',
    },
    { name: 'First token, median', value: length(totals.ttftP50), more: `p95 ${length(totals.ttftP95)}` },
    {
      name: 'Whole reply, median',
      value: length(totals.latencyP50),
      more: `p95 ${length(totals.latencyP95)}`,
    },
    {
      name: 'Generation speed',
      value: totals.tokensPerSecond === null ? '–' : formatFigure(totals.tokensPerSecond),
      more: 'tokens/s',
    },
    {
      name: 'Tokens generated',
      value: formatCount(totals.completionTokens ?? 0),
      more: `${formatCount(totals.promptTokens ?? 0)} in prompts`,
    },
  ];
  return (
    <dl className={styles.totals}>
      {figures.map(({ name, value, more, testId }) => (
        <div key={name} className={styles.figure}>
          <dt>{name}</dt>
          <dd>
            <span className={styles.value} data-testid={testId}>
              {value}
            </span>
            <span className={styles.more}>{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function errors(count: number): string {
  if (count === 0) return 'no errors';
  return count === 1 ? '1 error' : `${formatCount(count)} errors`;
}
