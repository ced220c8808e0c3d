'use client';

import dynamic from 'next/dynamic';
import { useId, useRef, useState, type RefObject } from 'react';
import type { MetricSeries } from '../../../_lib/wire.ts';
import { Button } from '../../../_ui/button.tsx';
import { Loading, Skeleton } from '../../../_ui/skeleton.tsx';
import { chartsOf } from './chart-list.ts';
import { hasValues, type ChartSpec } from './chart-spec.ts';
import { pictureOf, save } from './export.ts';
import { zoomed, type Zoom } from './zoom.ts';
import styles from './charts.module.css';

export const CHART_HEIGHT = 190;

/** The drawing library is big, and no other page pays for it. */
const Drawing = dynamic(() => import('./drawing.tsx').then((module) => module.Drawing), {
  ssr: false,
  loading: () => <Skeleton height={`${CHART_HEIGHT}px`} />,
});

interface ChartsProps {
  series: MetricSeries;
  zoom: Zoom | null;
  /** Two times between which the pointer was drawn over a chart. */
  onZoom: (from: number, to: number) => void;
}

export function Charts({ series, zoom, onZoom }: ChartsProps) {
  const shown = zoomed(series, zoom);
  return (
    <div className={styles.charts}>
      {chartsOf(shown).map((chart) => (
        <Chart key={chart.id} chart={chart} series={shown} onZoom={onZoom} />
      ))}
    </div>
  );
}

interface ChartProps {
  chart: ChartSpec;
  series: MetricSeries;
  onZoom: (from: number, to: number) => void;
}

function Chart({ chart, series, onZoom }: ChartProps) {
  const figure = useRef<HTMLElement>(null);
  const title = useId();
  const summary = useId();
  return (
    <figure
      ref={figure}
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
            <Drawing chart={chart} series={series} onZoom={onZoom} />
          </>
        ) : (
          <p className={styles.empty}>{chart.empty}</p>
        )}
      </div>
      <div className={styles.foot}>
        <Legend chart={chart} />
        <PictureButton title={chart.title} figure={figure} />
      </div>
    </figure>
  );
}

function PictureButton({ title, figure }: { title: string; figure: RefObject<HTMLElement | null> }) {
  const [failed, setFailed] = useState(false);
  const take = async () => {
    const svg = figure.current?.querySelector<SVGSVGElement>('svg.recharts-surface');
    if (svg === null || svg === undefined) return;
    save(`${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.png`, await pictureOf(svg));
  };
  return (
    <Button
      kind="quiet"
      small
      aria-label={`PNG: save the chart ${title} as a picture`}
      title="Save as a picture (PNG)"
      onClick={() => void take().catch(() => setFailed(true))}
    >
      {failed ? 'This browser can’t save it' : 'PNG'}
    </Button>
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
        {Array.from({ length: 6 }, (_, at) => (
          <Skeleton key={at} height="19rem" />
        ))}
      </div>
    </>
  );
}
