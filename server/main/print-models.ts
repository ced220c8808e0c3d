/** Models and their fit as tables. */
import { formatBytes, formatCount, formatParameters, formatRelative } from '../schemas/format.ts';
import type { FitReport, ModelEntry, ModelList } from '../schemas/inventory.ts';
import { columns } from './print.ts';

const HEAD = ['ID', 'NAME', 'ARCH', 'PARAMS', 'QUANT', 'CONTEXT', 'SIZE', 'LAST USED', 'NOTE'];

export function modelsTable(list: ModelList, now = Date.now()): string {
  const rows = list.entries.map((entry) => [
    entry.id.slice(0, 8),
    entry.name,
    entry.architecture ?? '',
    entry.parameters === null ? '' : formatParameters(entry.parameters),
    entry.quantization ?? '',
    entry.contextLength === null ? '' : formatCount(entry.contextLength),
    formatBytes(entry.sizeBytes),
    entry.lastUsedAt === null ? '' : formatRelative(entry.lastUsedAt, now),
    noteOf(entry),
  ]);
  const blind = list.blind.map(({ name, error }) => `${name} could not be looked into: ${error.message}`);
  if (rows.length === 0)
    return [
      ...blind,
      'No weights yet. `ailab-web pull org/name:Q4_K_M` downloads some; `ailab-web up --starter` starts with a small model.',
    ].join('\n');
  const safe = list.safeBytes > 0 ? `, ${formatBytes(list.safeBytes)} safe to delete` : '';
  return [...columns(HEAD, rows), ...blind, `${formatBytes(list.totalBytes)} on disk${safe}`].join('\n');
}

function noteOf(entry: ModelEntry): string {
  if (entry.configured) return entry.error === null ? 'in use by this lab' : `in use: ${entry.error.message}`;
  if (entry.error !== null) return entry.error.message;
  return entry.safe === null ? '' : `safe to delete: ${entry.safe}`;
}

export function fitTable({ need, message, fix, notes, largestContext, trainedContext }: FitReport): string {
  const rows = [
    ['weights', formatBytes(need.weights)],
    ['KV cache', formatBytes(need.kvCache)],
    ['buffers', formatBytes(need.compute)],
    ['program', formatBytes(need.runtime)],
    ['together', formatBytes(need.total)],
  ];
  const trained = trainedContext === null ? '' : ` of the ${formatCount(trainedContext)} it was trained for`;
  return [
    message,
    ...columns(['PART', 'MEMORY'], rows),
    ...(largestContext === null
      ? []
      : [`Largest context that fits: ${formatCount(largestContext)} tokens${trained}.`]),
    ...notes,
    ...(fix === '' ? [] : [`Fix: ${fix}`]),
  ].join('\n');
}
