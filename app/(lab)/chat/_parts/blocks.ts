/**
 * Markdown cut at places where what comes before can no longer change, so that of a growing reply only its last block
 * has to be parsed again: before a paragraph after a blank line, around a fence at the margin, and, in what has become
 * long, between two items of a list or two lines of a paragraph.
 */

/** A list or paragraph of this many characters goes on in a block of its own. */
const LONG = 1200;
const VERY_LONG = 2000;

const FENCE = /^( {0,3})(`{3,}|~{3,})(.*)$/;
const ITEM = /^(?:[-*+]|\d{1,9}[.)])\s/;

export function splitBlocks(text: string): string[] {
  const blocks: string[] = [];
  let current: string[] = [];
  let size = 0;
  let fence: string | null = null;
  /** The line before was blank, or the end of a fence at the margin. */
  let blank = false;
  let closed = false;

  const cut = () => {
    if (current.length > 0) blocks.push(current.join('\n'));
    current = [];
    size = 0;
  };

  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line);
    if (fence === null) {
      const outer = mark?.[1] === '';
      if (
        (closed && line.trim() !== '') ||
        outer ||
        (blank && startsAnew(line)) ||
        isTable(current, line) ||
        isLong(current, size, line)
      )
        cut();
    }
    closed &&= line.trim() === '';
    if (mark !== null) {
      const [, indent, marks = '', info = ''] = mark;
      if (fence === null) {
        // A backtick in its first line makes it no fence, but words.
        if (marks.startsWith('~') || !info.includes('`')) fence = marks;
      } else if (marks.startsWith(fence) && info.trim() === '') {
        fence = null;
        closed = indent === '' && isFence(current[0]);
      }
    }
    blank = line.trim() === '';
    current.push(line);
    size += line.length + 1;
  }
  cut();
  return blocks;
}

function isFence(line: string | undefined): boolean {
  return line !== undefined && FENCE.exec(line)?.[1] === '';
}

/** Not indented, and no item, which may belong to the list above. */
function startsAnew(line: string): boolean {
  return /^[^\s*+\-0-9]/.test(line) || line.startsWith('**');
}

/** A table right under the words that announce it. */
const isTable = ([first]: readonly string[], line: string) =>
  line.startsWith('|') && first !== undefined && /^[^\s|>]/.test(first) && !ITEM.test(first);

function isLong(block: readonly string[], size: number, next: string): boolean {
  const [first = ''] = block;
  if (size < LONG) return false;
  if (ITEM.test(first)) return ITEM.test(next);
  return size >= VERY_LONG && !first.startsWith('|') && /^\S/.test(next);
}

/**
 * The same for a text that grows. What comes after a cut is cut as if it stood alone, and a line that grows never takes
 * a cut back: so only the last block is looked at again.
 */
export function createSplitter(): (text: string) => string[] {
  let known = '';
  let blocks: string[] = [];
  return (text) => {
    if (text === known) return blocks;
    const done = text.startsWith(known) ? blocks.slice(0, -1) : [];
    const from = done.reduce((sum, block) => sum + block.length + 1, 0);
    known = text;
    blocks = [...done, ...splitBlocks(text.slice(from))];
    return blocks;
  };
}

export interface CodeParts {
  language: string | undefined;
  code: string;
  /** Its closing fence has come. */
  complete: boolean;
}

/** A block that is one fence at the margin and nothing else; null for every other. */
export function codeOf(block: string): CodeParts | null {
  const end = block.indexOf('\n');
  const [, indent, marks = '', info = ''] = FENCE.exec(end === -1 ? block : block.slice(0, end)) ?? [];
  if (indent !== '' || (marks.startsWith('`') && info.includes('`'))) return null;
  const lines = end === -1 ? [] : block.slice(end + 1).split('\n');
  const closing = lines.findIndex((line) => {
    const mark = FENCE.exec(line);
    return mark !== null && (mark[2] ?? '').startsWith(marks) && (mark[3] ?? '').trim() === '';
  });
  if (closing !== -1 && lines.slice(closing + 1).some((line) => line.trim() !== '')) return null;
  return {
    language: /^\s*([\w+#.-]{1,30})/.exec(info)?.[1],
    code: (closing === -1 ? lines : lines.slice(0, closing)).join('\n'),
    complete: closing !== -1,
  };
}

export interface TableParts {
  /** Its first two lines: the heads and the alignments. */
  head: string;
  rows: string[];
  columns: number;
}

/** A block that is one table and nothing else; null for every other. */
export function tableOf(block: string): TableParts | null {
  const [heads = '', rule = '', ...rest] = block.replace(/\n+$/, '').split('\n');
  if (!heads.startsWith('|') || !/^\|[\s:|-]*-[\s:|-]*$/.test(rule)) return null;
  if (!rest.every((line) => line.startsWith('|'))) return null;
  return { head: `${heads}\n${rule}`, rows: rest, columns: heads.split('|').length - 1 };
}

const DEFINITION = /^ {0,3}\[(?!\^)([^\]\n]{1,200})\]:[ \t]*\S.*$/gm;
const DEFINITIONS_MAX = 100;

/** A link defined somewhere is valid everywhere: each block gets what it needs of the text's definitions. */
export function withDefinitions(blocks: string[], text: string): string[] {
  if (!text.includes(']:')) return blocks;
  const found = [...text.matchAll(DEFINITION)].slice(0, DEFINITIONS_MAX);
  if (found.length === 0) return blocks;
  return blocks.map((block) => {
    if (!block.includes(']') || codeOf(block) !== null) return block;
    const lower = block.toLowerCase();
    const needed = found.filter(
      ([line, label = '']) => lower.includes(`[${label.toLowerCase()}]`) && !block.includes(line),
    );
    return needed.length === 0 ? block : `${block}\n\n${needed.map(([line]) => line.trim()).join('\n')}`;
  });
}
