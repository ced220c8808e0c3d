/** The lines that a tab keeps of a log: the newest ones, as many as a page bears. */
import type { LogLine } from '../../../_lib/wire.ts';

export const MAX_LINES = 5000;
export const MAX_CHARS = 1_000_000;

export interface KeptLine extends LogLine {
  /** Counts up with the lines; told again, a log begins anew. */
  id: number;
}

export interface LogWindow {
  lines: readonly KeptLine[];
  /** How many older ones had to go. */
  dropped: number;
  chars: number;
}

export const EMPTY: LogWindow = { lines: [], dropped: 0, chars: 0 };

/** Adds newer lines; the oldest go when there are too many lines, or characters. */
export function append(window: LogWindow, more: readonly LogLine[]): LogWindow {
  let id = window.dropped + window.lines.length;
  const all = [...window.lines, ...more.map((line) => ({ ...line, id: (id += 1) }))];
  let chars = more.reduce((sum, line) => sum + line.text.length, window.chars);
  let first = 0;
  while (all.length - first > MAX_LINES || (chars > MAX_CHARS && first < all.length)) {
    chars -= all[first]?.text.length ?? 0;
    first += 1;
  }
  return { lines: first === 0 ? all : all.slice(first), dropped: window.dropped + first, chars };
}

/** The lines that hold the words, whatever their case. */
export function search(lines: readonly KeptLine[], words: string): readonly KeptLine[] {
  if (words === '') return lines;
  const wanted = words.toLowerCase();
  return lines.filter((line) => line.text.toLowerCase().includes(wanted));
}

/** The text in pieces; every second one is a hit. */
export function pieces(text: string, words: string): string[] {
  if (words === '') return [text];
  const [lower, wanted] = [text.toLowerCase(), words.toLowerCase()];
  // Some capitals change their length: then the places would not fit, and nothing is marked.
  if (lower.length !== text.length) return [text];
  const found: string[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    found.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...found, text.slice(from)];
}

/** What is downloaded: the lines as the terminal would show them. */
export function asText(lines: readonly LogLine[]): string {
  return lines.map(({ time, text }) => `${time === null ? '' : `${time} `}${text}\n`).join('');
}
