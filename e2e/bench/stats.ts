/** Median and spread of a sample; no assumption about its shape. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** By linear interpolation between the two nearest ranks. */
export function quantile(values: readonly number[], q: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  const at = (ascending.length - 1) * q;
  const [low, high] = [ascending[Math.floor(at)] ?? NaN, ascending[Math.ceil(at)] ?? NaN];
  return low + (high - low) * (at - Math.floor(at));
}

/** `0.62 (0.58–0.66)`: the median, and the middle half of the sample. */
export function spread(values: readonly number[], digits = 2, unit = ''): string {
  const at = (q: number) => quantile(values, q).toFixed(digits);
  return `${at(0.5)}${unit} (${at(0.25)}–${at(0.75)})`;
}

export function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

export interface Row {
  /** Of our table of goals, `P1`; none for what is measured beside it. */
  id?: string;
  what: string;
  /** Ours; or why it was not measured, beginning with NOT_MEASURED. */
  figure: string;
  /** The same of what it is compared with. */
  beside?: string;
  /** Ours over theirs: the median of the rounds' ratios with its middle half. */
  ratio?: string;
  /** What is aimed at, where there is such a number. */
  goal?: string;
  /** Undefined where there is no goal. */
  met?: boolean;
}

export const NOT_MEASURED = 'not measured:';

export function verdictOf({ met, figure }: Row): string {
  if (figure.startsWith(NOT_MEASURED)) return 'NOT MEASURED';
  return met === undefined ? '' : met ? 'pass' : 'SHORT';
}

/** Columns that no row uses are left out. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ['#', 'what', 'ours', 'beside', 'ratio', 'goal', ''],
    ...rows.map((row) => [
      row.id ?? '',
      row.what,
      row.figure,
      row.beside ?? '',
      row.ratio ?? '',
      row.goal ?? '',
      verdictOf(row),
    ]),
  ];
  const widths = (cells[0] ?? []).map((head, at) =>
    cells.slice(1).some((row) => row[at] !== '')
      ? Math.max(head.length, ...cells.map((row) => row[at]?.length ?? 0))
      : 0,
  );
  return cells
    .map((row) =>
      row
        .flatMap((cell, at) => (widths[at] === 0 ? [] : [cell.padEnd(widths[at] ?? 0)]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
