/**
 * What would hold the page up. The parser's time grows with the square of the marks that could begin something, and
 * with each level of nesting; measured on 6000 characters: prose 20 ms, of `a**b` alone 120 ms, of `>` alone a second
 * and no stack left.
 */

const CHARACTERS = 6000;
const MARKS = 700;
const LEVELS = 12;
const INDENT = 48;

const MARK = /[*_~[<&|`]/g;
const NESTED = new RegExp(
  `^(?: {0,3}>){${LEVELS + 1}}|^(?: {0,3}(?:[-*+]|\\d{1,9}[.)]) ){${LEVELS + 1}}|^ {${INDENT + 1}}`,
  'm',
);

/** Is this block dearer than what reads well? It is shown as plain text then. */
export function isCostly(block: string): boolean {
  if (block.length > CHARACTERS) return true;
  // Only what is long can hold so many.
  if (block.length > MARKS && (block.match(MARK)?.length ?? 0) > MARKS) return true;
  return NESTED.test(block);
}
