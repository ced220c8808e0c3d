/** The charts that need more than the gateway knows: the runtime's load, the services, the cost. */
import { formatBytes, formatFigure, formatMoney, plural } from '../../../../server/schemas/format.ts';
import type { MetricPoint, MetricSeries } from '../../../_lib/wire.ts';
import { ONE, THREE, TWO, type ChartSpec, type Line } from './chart-spec.ts';

/** One line for each service; a lab has few, and beyond these colours repeat with a dash. */
const COLOURS = [ONE, TWO, THREE, 'var(--ink-2)'];

function serviceLines(series: MetricSeries, values: 'cores' | 'memoryBytes'): Line[] {
  return series.services.map((service, at) => {
    const byTime = new Map(series.points.map(({ t }, index) => [t, service[values][index] ?? null]));
    return {
      name: service.name,
      value: ({ t }: MetricPoint) => byTime.get(t) ?? null,
      colour: COLOURS[at % COLOURS.length] ?? ONE,
      dashed: at >= COLOURS.length,
    };
  });
}

const none = () => 'At the end of each stretch of time';

/** Those that only Prometheus can tell. */
export function runtimeCharts(series: MetricSeries): ChartSpec[] {
  return [
    {
      id: 'load',
      title: 'Requests at the runtime',
      kind: 'lines',
      lines: [
        { name: 'Running', value: (point) => point.running, colour: ONE },
        { name: 'Waiting', value: (point) => point.waiting, colour: THREE, dashed: true },
      ],
      format: (value) => plural(value, 'request'),
      axis: { unit: 'requests', format: formatFigure },
      summary: none,
      empty: 'No request was at the runtime when it was looked at.',
    },
    {
      id: 'cpu',
      title: 'CPU by service',
      kind: 'lines',
      lines: serviceLines(series, 'cores'),
      format: (value) => `${formatFigure(value)} cores`,
      axis: { unit: 'cores', format: formatFigure },
      summary: none,
      empty: 'No service was measured in this time.',
    },
    {
      id: 'memory',
      title: 'Memory by service',
      kind: 'lines',
      lines: serviceLines(series, 'memoryBytes'),
      format: formatBytes,
      axis: { unit: null, format: formatBytes },
      summary: none,
      empty: 'No service was measured in this time.',
    },
  ];
}

/** Each number in its own currency; low ends are drawn, and the tooltip's range is in the cost panel. */
export function costChart({ currency, apiCurrency }: MetricSeries): ChartSpec[] {
  const unit = currency ?? apiCurrency;
  if (unit === null) return [];
  const money = (value: number) => formatMoney(value, unit);
  const lines: Line[] = [
    { name: 'Electricity, at most', value: (point) => point.electricity?.high ?? null, colour: ONE },
    { name: 'Hardware, at most', value: (point) => point.hardware?.high ?? null, colour: TWO },
  ];
  if (apiCurrency === unit)
    lines.push({ name: 'At an API', value: (point) => point.api, colour: THREE, dashed: true });
  return [
    {
      id: 'cost',
      title: 'Cost over time',
      kind: 'lines',
      lines,
      format: money,
      axis: { unit: null, format: money, width: 84 },
      summary: () => 'Three numbers that are never added; their ranges and inputs are below',
      empty: 'Nothing was priced in this time.',
    },
  ];
}
