/** A reply as it is read, without its marks: paragraphs apart, lists with their bullets, cells by tabs. */

const BLOCKS = new Set([
  'P',
  'H3',
  'H4',
  'H5',
  'H6',
  'UL',
  'OL',
  'BLOCKQUOTE',
  'PRE',
  'TABLE',
  'HR',
  'DIV',
  'SECTION',
]);

/** What carries `data-not-text` is ours, not the model's, and is left out. */
export function plainText(root: Element): string {
  return blocksOf(root).join('\n\n');
}

/** The text of each block in it, in order. */
function blocksOf(root: Element): string[] {
  const out: string[] = [];
  let line = '';
  const flush = () => {
    if (line.trim() !== '') out.push(line.trim());
    line = '';
  };
  for (const node of root.childNodes) {
    if (!(node instanceof Element)) line += node.textContent;
    else if (node.hasAttribute('data-not-text')) continue;
    else if (BLOCKS.has(node.tagName)) {
      flush();
      out.push(...blockText(node));
    } else line += node.textContent;
  }
  flush();
  return out;
}

function blockText(node: Element): string[] {
  switch (node.tagName) {
    case 'PRE':
      return [node.textContent];
    case 'TABLE':
      return [[...node.querySelectorAll('tr')].map(rowText).join('\n')];
    case 'UL':
    case 'OL':
      return [[...node.children].map((item, index) => itemText(node, item, index)).join('\n')];
    case 'HR':
      return [];
    default:
      return blocksOf(node);
  }
}

const rowText = (row: Element) => [...row.children].map((cell) => cell.textContent.trim()).join('\t');

function itemText(list: Element, item: Element, index: number): string {
  const first = list instanceof HTMLOListElement ? list.start + index : null;
  const mark = first === null ? '- ' : `${first}. `;
  return (
    mark +
    blocksOf(item)
      .join('\n')
      .replaceAll('\n', `\n${' '.repeat(mark.length)}`)
  );
}
