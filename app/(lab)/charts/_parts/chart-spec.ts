/** What a chart is: its lines, its unit and its words. Nothing here knows how it is drawn. */
import type { MetricPoint, MetricSeries } from '../../../_lib/wire.ts';

type Totals = MetricSeries['totals'];

export interface Line {
  name: string;
  /** Null is a gap: no such measurement in that bucket. */
  value: (point: MetricPoint) => number | null;
  colour: string;
  dashed?: boolean;
}

export interface ChartSpec {
  id: string;
  title: string;
  kind: 'lines' | 'bars';
  lines: readonly Line[];
  /** In the tooltip. */
  format: (value: number) => string;
  /** On the axis; `unit` stands above it where the figures carry none. `ticks` where its ends are known beforehand. */
  axis: { unit: string | null; format: (value: number) => string; width?: number; ticks?: readonly number[] };
  /** The whole range in words. */
  summary: (totals: Totals) => string;
  /** Shown instead of an empty chart, while there are requests. */
  empty: string;
}

export const ONE = 'var(--chart-1)';
export const TWO = 'var(--chart-2)';
export const THREE = 'var(--chart-3)';

/** Is there anything to draw? */
export function hasValues(chart: ChartSpec, points: readonly MetricPoint[]): boolean {
  return points.some((point) => chart.lines.some((line) => (line.value(point) ?? 0) > 0));
}

/** A measured point with a gap on both sides: a line would not show it. */
export function isIsolated(line: Line, points: readonly MetricPoint[], index: number): boolean {
  const at = (place: number) => {
    const point = points[place];
    return point === undefined ? null : line.value(point);
  };
  return at(index) !== null && at(index - 1) === null && at(index + 1) === null;
}
