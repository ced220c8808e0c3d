/** Lines of a text, counted from 1, as YAML counts them. */
const BREAK = /\r\n|\r|\n/;

export function countLines(text: string): number {
  return text.split(BREAK).length;
}

/** Where a line begins and ends in the text, its break left out; the last line for one past the end. */
export function lineRange(text: string, line: number): [start: number, end: number] {
  const lines = text.split('\n');
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
  return [start, start + (lines[at] ?? '').length];
}

export function selectLine(field: HTMLTextAreaElement, line: number): void {
  field.focus();
  field.setSelectionRange(...lineRange(field.value, line));
}
