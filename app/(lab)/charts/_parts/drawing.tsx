/** The one file that knows recharts. */
'use client';

import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type TooltipContentProps,
} from 'recharts';
import type { DotItemDotProps } from 'recharts';
import { formatClock } from '../../../../server/schemas/format.ts';
import type { MetricPoint, MetricSeries } from '../../../_lib/wire.ts';
import { isIsolated, type ChartSpec, type Line as LineSpec } from './chart-list.ts';
import { rangeOf, timeTicks } from './ranges.ts';
import styles from './charts.module.css';

const TICK = { fill: 'var(--ink-3)', fontSize: 12 };
const MARGIN = { right: 6, bottom: 0, left: 0 };

export function Drawing({ chart, series }: { chart: ChartSpec; series: MetricSeries }) {
  const Chart = chart.kind === 'bars' ? BarChart : LineChart;
  const half = (series.stepSeconds * 1000) / 2;
  const margin = { ...MARGIN, top: chart.axis.unit === null ? 8 : 22 };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <Chart
        data={[...series.points]}
        syncId="metrics"
        margin={margin}
        barCategoryGap={1}
        title={chart.title}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          // A bucket stands in the middle of its time.
          dataKey={(point: MetricPoint) => point.t + half}
          type="number"
          scale="time"
          domain={[series.from, series.to]}
          ticks={timeTicks(series.from, series.to, rangeOf(series.range).tickMs)}
          tickFormatter={formatClock}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: 'var(--line)' }}
          minTickGap={28}
        />
        <YAxis
          width={60}
          domain={[0, 'auto']}
          tickCount={4}
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
        {chart.lines.map((line) => (chart.kind === 'bars' ? bars(line) : lines(line, series.points)))}
      </Chart>
    </ResponsiveContainer>
  );
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
        {formatClock(point.t)} to {formatClock(point.t + stepMs)}
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
