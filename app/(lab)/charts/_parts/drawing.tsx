/** The one file that knows recharts. */
'use client';

import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type TooltipContentProps,
} from 'recharts';
import type { DotItemDotProps } from 'recharts';
import { useState } from 'react';
import { formatClock, formatExact, formatShortDay } from '../../../../server/schemas/format.ts';
import type { MetricPoint, MetricSeries } from '../../../_lib/wire.ts';
import { isIsolated, type ChartSpec, type Line as LineSpec } from './chart-spec.ts';
import { timeTicks } from './ranges.ts';
import styles from './charts.module.css';

const TICK = { fill: 'var(--ink-3)', fontSize: 12 };
const MARGIN = { right: 6, bottom: 0, left: 0 };

const DAY_MS = 86_400_000;

interface DrawingProps {
  chart: ChartSpec;
  series: MetricSeries;
  onZoom: (from: number, to: number) => void;
}

export function Drawing({ chart, series, onZoom }: DrawingProps) {
  /** Where the pointer went down, and where it is, while it is drawn over the chart. */
  const [drawn, setDrawn] = useState<{ from: number; to: number } | null>(null);
  const Chart = chart.kind === 'bars' ? BarChart : LineChart;
  const half = (series.stepSeconds * 1000) / 2;
  const margin = { ...MARGIN, top: chart.axis.unit === null ? 8 : 28 };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <Chart
        data={[...series.points]}
        syncId="metrics"
        margin={margin}
        barCategoryGap={1}
        title={chart.title}
        onMouseDown={({ activeLabel }) => {
          const at = Number(activeLabel);
          if (Number.isFinite(at) && activeLabel !== undefined) setDrawn({ from: at, to: at });
        }}
        onMouseMove={({ activeLabel }) => {
          if (drawn !== null && activeLabel !== undefined) setDrawn({ ...drawn, to: Number(activeLabel) });
        }}
        onMouseUp={() => {
          if (drawn !== null && drawn.from !== drawn.to) onZoom(drawn.from - half, drawn.to + half);
          setDrawn(null);
        }}
        onMouseLeave={() => setDrawn(null)}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          // A bucket stands in the middle of its time.
          dataKey={(point: MetricPoint) => point.t + half}
          type="number"
          scale="time"
          domain={[series.from, series.to]}
          ticks={ticksOf(series)}
          tickFormatter={series.to - series.from > DAY_MS ? formatShortDay : formatClock}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: 'var(--line)' }}
          minTickGap={28}
        />
        <YAxis
          width={chart.axis.width ?? 60}
          domain={[0, chart.axis.ticks?.at(-1) ?? 'auto']}
          {...(chart.axis.ticks === undefined ? { tickCount: 4 } : { ticks: [...chart.axis.ticks] })}
          allowDecimals={chart.kind === 'lines'}
          tickFormatter={chart.axis.format}
          tick={TICK}
          tickLine={false}
          axisLine={false}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--ink-3)', fill: 'var(--sunken)', strokeWidth: 1 }}
          content={<Tip chart={chart} stepMs={half * 2} />}
        />
        {drawn !== null && (
          <ReferenceArea x1={drawn.from} x2={drawn.to} fill="var(--accent)" fillOpacity={0.15} />
        )}
        {chart.lines.map((line) => (chart.kind === 'bars' ? bars(line) : lines(line, series.points)))}
      </Chart>
    </ResponsiveContainer>
  );
}

/** Round stretches of time, in minutes. */
const TICKS = [1, 2, 3, 5, 10, 20, 30, 60, 120, 240, 720, 1440, 2880, 7200];
const TICKS_MOST = 7;

function ticksOf({ from, to }: MetricSeries): number[] {
  const minutes = TICKS.find((each) => (to - from) / (each * 60_000) <= TICKS_MOST) ?? 7200;
  return timeTicks(from, to, minutes * 60_000);
}

function bars(line: LineSpec) {
  return (
    <Bar
      key={line.name}
      name={line.name}
      dataKey={(point: MetricPoint) => line.value(point)}
      stackId="all"
      fill={line.colour}
      isAnimationActive={false}
    />
  );
}

function lines(line: LineSpec, points: readonly MetricPoint[]) {
  return (
    <Line
      key={line.name}
      name={line.name}
      dataKey={(point: MetricPoint) => line.value(point)}
      type="linear"
      stroke={line.colour}
      strokeWidth={2}
      strokeDasharray={line.dashed === true ? '5 3' : '0'}
      connectNulls={false}
      isAnimationActive={false}
      dot={({ cx, cy, index }: DotItemDotProps) =>
        isIsolated(line, points, index) ? (
          <circle key={index} cx={cx} cy={cy} r={3} fill={line.colour} />
        ) : (
          <g key={index} />
        )
      }
      activeDot={{ r: 4, stroke: 'var(--surface)', strokeWidth: 2 }}
    />
  );
}

/** recharts adds what is under the pointer. */
type TipProps = Partial<Pick<TooltipContentProps, 'active' | 'payload'>> & {
  chart: ChartSpec;
  stepMs: number;
};

function Tip({ active = false, payload, chart, stepMs }: TipProps) {
  const point = payload?.[0]?.payload as MetricPoint | undefined;
  if (!active || point === undefined) return null;
  return (
    <div className={styles.tip}>
      <span className={styles.tipTime}>
        {stepMs >= DAY_MS / 24 ? formatExact(point.t) : formatClock(point.t)} to{' '}
        {formatClock(point.t + stepMs)}
      </span>
      {chart.lines.map((line) => {
        const value = line.value(point);
        return [
          <span key={line.name}>{line.name}</span>,
          <span key={`${line.name} value`} className={styles.tipValue}>
            {value === null ? 'none' : chart.format(value)}
          </span>,
        ];
      })}
    </div>
  );
}
