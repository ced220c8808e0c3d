/** A part of a series, for a closer look. Nothing is asked anew: the buckets are the same. */
import type { MetricSeries } from '../../../_lib/wire.ts';

/** Epoch milliseconds; `to` not included. */
export interface Zoom {
  from: number;
  to: number;
}

/** Fewer buckets than this are no chart. */
const LEAST = 3;

/** Whole buckets between two times in either order; null when they are too few. */
export function zoomOf({ from, to, stepSeconds }: MetricSeries, a: number, b: number): Zoom | null {
  const step = stepSeconds * 1000;
  const low = Math.max(from, Math.floor(Math.min(a, b) / step) * step);
  const high = Math.min(to, Math.ceil(Math.max(a, b) / step) * step);
  return (high - low) / step < LEAST ? null : { from: low, to: high };
}

/** The series within the zoom; all of it where the zoom lies outside, as after another range was chosen. */
export function zoomed(series: MetricSeries, zoom: Zoom | null): MetricSeries {
  if (zoom === null || zoom.from >= series.to || zoom.to <= series.from) return series;
  const keep = series.points.map(({ t }) => t >= zoom.from && t < zoom.to);
  const kept = <T>(list: readonly T[]) => list.filter((_, at) => keep[at]);
  return {
    ...series,
    from: Math.max(series.from, zoom.from),
    to: Math.min(series.to, zoom.to),
    points: kept(series.points),
    services: series.services.map(({ name, cores, memoryBytes }) => ({
      name,
      cores: kept(cores),
      memoryBytes: kept(memoryBytes),
    })),
  };
}
