import type { MetricSeries } from '../../../_lib/wire.ts';
import type { ChartSpec } from './chart-spec.ts';
import { chartsOfRequests } from './request-charts.ts';
import { costChart, runtimeCharts } from './runtime-charts.ts';

/** All charts of a series: what its source can't tell isn't drawn. */
export function chartsOf(series: MetricSeries): ChartSpec[] {
  const runtime = series.source === 'prometheus' ? runtimeCharts(series) : [];
  return [...chartsOfRequests(series.stepSeconds), ...costChart(series), ...runtime];
}
