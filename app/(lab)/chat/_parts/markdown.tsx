/**
 * A model's words as markdown. They are not trusted: no HTML, no image is fetched, links lead only to http, https and
 * mail, and say to which host. Blocks that are complete are parsed once, so a long reply stays cheap to the end.
 */
'use client';

import { isValidElement, memo, type ComponentProps, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CopyButton } from '../../../_ui/copy.tsx';
import { splitBlocks } from './blocks.ts';
import { linkTarget } from './links.ts';
import styles from './markdown.module.css';

const PLUGINS = [remarkGfm];

/** Everything that may stand in the page; the rest is shown as its text. */
const ELEMENTS = (
  'p br hr h1 h2 h3 h4 h5 h6 strong em del blockquote ul ol li ' +
  'a img code pre table thead tbody tr th td input sup section'
).split(' ');

export function Markdown({ text }: { text: string }) {
  // Blocks are only ever added at the end, so their place is their name.
  // oxlint-disable-next-line react/no-array-index-key
  return splitBlocks(text).map((block, index) => <Block key={index} text={block} />);
}

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={PLUGINS}
      components={COMPONENTS}
      allowedElements={ELEMENTS}
      unwrapDisallowed
      // Checked where links and images are drawn, which need the host as well.
      urlTransform={(url) => url}
    >
      {text}
    </ReactMarkdown>
  );
});

const COMPONENTS: Components = {
  a: ({ href, children }) => <Outside href={href}>{children}</Outside>,
  img: ({ src, alt }) => (
    <Outside href={typeof src === 'string' ? src : undefined}>
      Image: {alt === '' ? 'without a title' : alt}
    </Outside>
  ),
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <section className={styles.table} aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
  // The text's own headings stand below those of the page.
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  input: ({ checked }) => <span className={styles.task}>{checked === true ? '[x]' : '[ ]'}</span>,
  section: ({ children }) => <div className={styles.notes}>{children}</div>,
};

function Outside({ href, children }: { href: string | undefined; children: ReactNode }) {
  const target = linkTarget(href);
  if (target === null) return <span>{children}</span>;
  return (
    <a href={target.href} rel="noopener noreferrer" target="_blank">
      {children}
      {!isItsAddress(textOf(children), href, target.href) && (
        <span className={styles.host}> ({target.host})</span>
      )}
    </a>
  );
}

/** A text that is the address tells the host already; one that only looks like an address does not. */
function isItsAddress(text: string, ...addresses: (string | undefined)[]): boolean {
  return addresses.includes(text);
}

function CodeBlock({ children }: { children: ReactNode }) {
  const code = isValidElement<ComponentProps<'code'>>(children) ? children.props : {};
  const language = /language-([\w+#.-]{1,30})/.exec(code.className ?? '')?.[1];
  const text = textOf(code.children).replace(/\n$/, '');
  return (
    <div className={styles.code}>
      <div className={styles.codeHead}>
        <span>{language ?? 'text'}</span>
        <CopyButton text={text} what="the code" label="Copy" />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

function textOf(node: ReactNode): string {
  if (typeof node === 'string') return node;
  return Array.isArray(node) ? node.map((part: ReactNode) => textOf(part)).join('') : '';
}
