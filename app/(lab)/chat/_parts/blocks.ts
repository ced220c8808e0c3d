/**
 * Markdown cut at places where what comes before can no longer change: a blank line outside a fence, before a line
 * that begins a new paragraph or heading. While a reply grows, only its last block has to be parsed again.
 */
export function splitBlocks(text: string): string[] {
  // A link or footnote defined somewhere is valid everywhere, so such a text is one block.
  if (/^ {0,3}\[[^\]]+\]:/m.test(text)) return [text];
  const blocks: string[] = [];
  let current: string[] = [];
  let fence: string | null = null;
  let blank = false;
  for (const line of text.split('\n')) {
    if (fence === null && blank && startsAnew(line)) {
      blocks.push(current.join('\n'));
      current = [];
    }
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (mark?.[1] !== undefined) {
      const [, marks, info = ''] = mark;
      if (fence === null) fence = marks;
      else if (marks.startsWith(fence) && info.trim() === '') fence = null;
    }
    blank = line.trim() === '';
    current.push(line);
  }
  blocks.push(current.join('\n'));
  return blocks;
}

/** Not indented, and no item, quote or table row, which may belong to what stands above. */
function startsAnew(line: string): boolean {
  return /^[^\s>|*+\-0-9]/.test(line) || line.startsWith('**');
}
