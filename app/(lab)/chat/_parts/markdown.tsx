/**
 * A model's words as markdown. They are not trusted: no HTML, no image is fetched, links lead only to http, https and
 * mail, and say to which host. Blocks that are complete are parsed once, so a long reply stays cheap to the end.
 */
'use client';

import { memo, startTransition, useEffect, useMemo, useState, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { codeOf, createSplitter, tableOf, withDefinitions, type TableParts } from './blocks.ts';
import { isCostly } from './costly.ts';
import { CodeBlock } from './code-block.tsx';
import { COMPONENTS, ELEMENTS, Growing, TableFrame } from './elements.tsx';
import { showHidden } from './hidden.ts';
import { Plain, PlainOnError } from './plain.tsx';
import { useCalm } from './use-calm.ts';

const PLUGINS = [remarkGfm];

/** A bigger table would hold up the page's layout: it stands as plain text. */
const COLUMNS_MAX = 40;
const ROWS_MAX = 2000;
/** A reply of this length is put into the page in slices. */
const SLICED = 4000;

interface MarkdownProps {
  text: string;
  /** It still grows. */
  live: boolean;
}

export function Markdown({ text, live }: MarkdownProps) {
  const [ready, setReady] = useState(live || text.length < SLICED);
  useEffect(() => startTransition(() => setReady(true)), []);
  const [split] = useState(createSplitter);
  const blocks = useMemo(() => withDefinitions(split(text), text), [split, text]);
  if (!ready) return <Plain text={showHidden(text)} />;
  return blocks.map((block, index) => (
    // Blocks are only ever added at the end, so their place is their name.
    // oxlint-disable-next-line react/no-array-index-key
    <Block key={index} text={block} live={live && index === blocks.length - 1} />
  ));
}

const Block = memo(function Block({ text, live }: MarkdownProps) {
  const shown = showHidden(text);
  const code = codeOf(shown);
  if (code !== null) return <CodeBlock {...code} complete={code.complete || !live} />;
  const table = tableOf(shown);
  if (table !== null && table.columns <= COLUMNS_MAX && table.rows.length <= ROWS_MAX)
    return <Table {...table} live={live} />;
  if (isCostly(shown)) return <Plain text={shown} />;
  return (
    <PlainOnError text={shown}>
      <Growing value={live}>
        <Parsed text={shown} live={live} />
      </Growing>
    </PlainOnError>
  );
});

function Parsed({ text, live }: MarkdownProps) {
  return useCalm(text, live, parseAll);
}

/** A footnote has its place at the end of a text, and blocks have no common end: its words stand as they are. */
const footnotes = (text: string) => text.replaceAll(/^( {0,3})\[\^/gm, '$1\\[^');

function parse(text: string, components: Components = COMPONENTS) {
  return ReactMarkdown({
    children: footnotes(text),
    remarkPlugins: PLUGINS,
    components,
    allowedElements: ELEMENTS,
    unwrapDisallowed: true,
    // Checked where links and images are drawn, which need the host as well.
    urlTransform: (url) => url,
  });
}

const parseAll = (text: string) => parse(text);

/** Rows of so many characters are parsed together; a growing table parses the last of these groups alone. */
const GROUP = 800;

function Table({ head, rows, live }: TableParts & { live: boolean }) {
  const groups = rowGroups(rows);
  return (
    <TableFrame>
      <table>
        {groups.map((group, index) => (
          // As with blocks.
          <Rows
            // oxlint-disable-next-line react/no-array-index-key
            key={index}
            head={head}
            rows={group}
            first={index === 0}
            live={live && index === groups.length - 1}
          />
        ))}
      </table>
    </TableFrame>
  );
}

function rowGroups(rows: readonly string[]): string[] {
  const groups = [''];
  for (const row of rows) {
    const last = groups.at(-1) ?? '';
    if (last.length >= GROUP) groups.push(row);
    else groups[groups.length - 1] = last === '' ? row : `${last}\n${row}`;
  }
  return groups;
}

/** Rows that are too dear to be parsed, as they are. */
function PlainRows({ rows }: { rows: string }) {
  return (
    <tbody>
      <tr>
        <td colSpan={COLUMNS_MAX}>
          <Plain text={rows} />
        </td>
      </tr>
    </tbody>
  );
}

const FIRST: Components = { ...COMPONENTS, table: ({ children }) => <>{children}</> };
const FURTHER: Components = { ...FIRST, thead: () => null };

const parseFirst = (text: string) => parse(text, FIRST);
const parseFurther = (text: string) => parse(text, FURTHER);

interface RowsProps {
  head: string;
  rows: string;
  first: boolean;
  live: boolean;
}

const Rows = memo(function Rows({ head, rows, first, live }: RowsProps) {
  const text = `${head}\n${rows}`;
  return isCostly(text) ? (
    <PlainRows rows={rows} />
  ) : (
    <ParsedRows text={text} live={live} make={first ? parseFirst : parseFurther} />
  );
});

function ParsedRows({ text, live, make }: MarkdownProps & { make: (text: string) => ReactNode }) {
  return useCalm(text, live, make);
}
