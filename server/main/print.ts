/** What the commands print: data on stdout in the chosen format, words and errors on stderr. */
import { stringify } from 'yaml';
import { LabError, reportError } from '../lib/errors.ts';
import type { DoctorReport } from '../schemas/doctor.ts';
import type { LabStatus, StatusItem } from '../schemas/lab.ts';

export const FORMATS = ['table', 'json', 'yaml'] as const;
export type Format = (typeof FORMATS)[number];

export function parseFormat(text: string): Format {
  const found = FORMATS.find((format) => format === text);
  if (found !== undefined) return found;
  throw new LabError({
    code: 'usage',
    message: `There is no output format '${text}'.`,
    fix: 'Use -o table, -o json or -o yaml.',
    status: 400,
  });
}

export function print(value: unknown, format: Format, table: () => string): void {
  const text =
    format === 'json' ? JSON.stringify(value, null, 2) : format === 'yaml' ? stringify(value) : table();
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printError(error: unknown): void {
  const { code, message, fix } = reportError(error);
  process.stderr.write(`Error (${code}): ${message}\n${fix === '' ? '' : `Fix: ${fix}\n`}`);
}

export function statusTable(status: LabStatus): string {
  const items = [
    ...status.managed_items,
    ...status.missing_items,
    ...status.untracked_items,
    ...status.degraded_items,
  ];
  const rows = items.map((item) => [
    item.domain,
    item.name,
    item.manager ?? '',
    item.state,
    item.health ?? '',
    noteOf(item),
  ]);
  const { total_managed: managed, total_missing: missing, total_untracked: untracked } = status.summary;
  return [
    `${status.project} · engine ${status.engine} · profile ${status.profile}${status.config_valid ? '' : ' · ai-lab.yaml is not valid'}`,
    ...(rows.length === 0
      ? ['Nothing is configured. `ailab-web up --starter` starts with a small model.']
      : columns(['DOMAIN', 'NAME', 'MANAGER', 'STATE', 'HEALTH', 'NOTE'], rows)),
    `${managed} managed, ${missing} missing, ${untracked} untracked`,
  ].join('\n');
}

function noteOf(item: StatusItem): string {
  const explained = item.meta['explained'];
  if (typeof explained === 'string') return explained;
  if (item.error !== undefined) return item.error.split('\n')[0] ?? '';
  if (item.drift !== undefined) return `drift: ${item.drift.join(', ')}`;
  const ignored = item.meta['drift_ignored'];
  if (typeof ignored === 'string') return `drift ignored: ${ignored}`;
  const port = item.meta['port'];
  return typeof port === 'number' ? `port ${port}` : (item.path ?? '');
}

const MARKS = { pass: 'ok  ', info: 'info', warn: 'warn', fail: 'FAIL' } as const;

export function doctorTable(report: DoctorReport): string {
  const lines = report.checks.flatMap((check) => [
    `${MARKS[check.status]}  ${check.name}: ${check.message}`,
    ...(check.fix === null || check.status === 'pass' ? [] : [`      Fix: ${check.fix}`]),
  ]);
  return [...lines, `Overall: ${report.overall}`].join('\n');
}

export function columns(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
