/** What a model's markdown becomes in the page, element by element; whatever is not here is shown as its text. */
import { createContext, isValidElement, use, type ComponentProps, type ReactNode } from 'react';
import type { Components } from 'react-markdown';
import { CodeBlock } from './code-block.tsx';
import { OutsideLink, wordsOf } from './outside-link.tsx';
import styles from './markdown.module.css';

export const ELEMENTS = (
  'p br hr h1 h2 h3 h4 h5 h6 strong em del blockquote ul ol li ' +
  'a img code pre table thead tbody tr th td input sup section'
).split(' ');

export const COMPONENTS: Components = {
  a: ({ href, children }) => <OutsideLink href={href}>{children}</OutsideLink>,
  img: ({ src, alt }) => (
    <OutsideLink href={typeof src === 'string' ? src : undefined}>
      Image: {alt === '' ? 'without a title' : alt}
    </OutsideLink>
  ),
  pre: ({ children }) => <InnerCode>{children}</InnerCode>,
  table: ({ children }) => (
    <TableFrame>
      <table>{children}</table>
    </TableFrame>
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

export function TableFrame({ children }: { children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <section className={styles.table} aria-label="Table" tabIndex={0}>
      {children}
    </section>
  );
}

/** Is the block around still growing? */
export const Growing = createContext(false);

/** Code within a list or a quote. */
function InnerCode({ children }: { children: ReactNode }) {
  const code = isValidElement<ComponentProps<'code'>>(children) ? children.props : {};
  const language = /language-([\w+#.-]{1,30})/.exec(code.className ?? '')?.[1];
  const text = wordsOf(code.children).replace(/\n$/, '');
  return <CodeBlock code={text} language={language} complete={!use(Growing)} />;
}
