export const GENERATED =
  '<!-- Generated from the sources by `npm run docs`; change those, not this file. -->';

/** Text as it fits into one cell of a table, with nothing in it read as HTML or as a cell's end. */
export function cell(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll(/<(?=[a-z/])/gi, '&lt;');
}
