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

export interface Row {
  what: string;
  figure: string;
  /** What is aimed at, where there is such a number. */
  goal?: string;
  /** Undefined where there is no goal. */
  met?: boolean;
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ what, figure, goal, met }) => [
    what,
    figure,
    goal ?? '',
    met === undefined ? '' : met ? 'met' : 'SHORT',
  ]);
  const all = [['what', 'figure', 'goal', ''], ...cells];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
