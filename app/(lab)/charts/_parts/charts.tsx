'use client';

import dynamic from 'next/dynamic';
import { useId } from 'react';
import type { MetricSeries } from '../../../_lib/wire.ts';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { CHARTS, hasValues, type ChartSpec } from './chart-list.ts';
import styles from './charts.module.css';

export const CHART_HEIGHT = 190;

/** The drawing library is big, and no other page pays for it. */
const Drawing = dynamic(() => import('./drawing.tsx').then((module) => module.Drawing), {
  ssr: false,
  loading: () => <Skeleton height={`${CHART_HEIGHT}px`} />,
});

export function Charts({ series }: { series: MetricSeries }) {
  return (
    <div className={styles.charts}>
      {CHARTS.map((chart) => (
        <Chart key={chart.id} chart={chart} series={series} />
      ))}
    </div>
  );
}

function Chart({ chart, series }: { chart: ChartSpec; series: MetricSeries }) {
  const title = useId();
  const summary = useId();
  return (
    <figure
      className={styles.chart}
      aria-labelledby={title}
      aria-describedby={summary}
      data-testid={`chart-${chart.id}`}
    >
      <figcaption className={styles.caption}>
        <h2 id={title} className={styles.title}>
          {chart.title}
        </h2>
        <p id={summary} className={styles.summary}>
          {chart.summary(series.totals)}
        </p>
      </figcaption>
      <div className={styles.drawing} style={{ height: CHART_HEIGHT }}>
        {hasValues(chart, series.points) ? (
          <>
            {chart.axis.unit !== null && (
              <span className={styles.unit} aria-hidden="true">
                {chart.axis.unit}
              </span>
            )}
            <Drawing chart={chart} series={series} />
          </>
        ) : (
          <p className={styles.empty}>{chart.empty}</p>
        )}
      </div>
      <Legend chart={chart} />
    </figure>
  );
}

function Legend({ chart }: { chart: ChartSpec }) {
  return (
    <ul className={styles.legend}>
      {chart.lines.map(({ name, colour, dashed }) => (
        <li key={name}>
          <svg width="18" height="8" aria-hidden="true">
            {chart.kind === 'bars' ? (
              <rect x="5" width="8" height="8" rx="1.5" fill={colour} />
            ) : (
              <path
                d="M0 4h18"
                stroke={colour}
                strokeWidth="2"
                strokeDasharray={dashed === true ? '5 3' : undefined}
              />
            )}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

export function ChartsSkeleton() {
  return (
    <>
      <Loading what="the metrics" />
      <Skeleton height="5rem" />
      <div className={styles.charts}>
        {CHARTS.map((chart) => (
          <Skeleton key={chart.id} height="19rem" />
        ))}
      </div>
    </>
  );
}
