/** Two texts as one list of lines: kept, taken out, put in. For the small changes of a repair. */

export interface DiffLine {
  kind: 'same' | 'out' | 'in';
  text: string;
}

const AROUND = 2;

/** The one stretch that differs, with two lines around it. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const of = (kind: DiffLine['kind'], lines: string[]) => lines.map((text): DiffLine => ({ kind, text }));
  return [
    ...of('same', old.slice(Math.max(0, start - AROUND), start)),
    ...of('out', old.slice(start, old.length - end)),
    ...of('in', now.slice(start, now.length - end)),
    ...of('same', old.slice(old.length - end, old.length - end + AROUND)),
  ];
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
