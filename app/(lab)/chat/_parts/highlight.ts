/** Colours for code, loaded with the first block that can use them. */
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

const lowlight = createLowlight({
  bash,
  c,
  cpp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
});

export type Kind = 'keyword' | 'string' | 'number' | 'comment' | 'name' | 'added' | 'removed';

export interface Run {
  text: string;
  kind: Kind | null;
}

/** Scopes of highlight.js by the colour they get; every other stands plain. */
const KINDS: Record<string, Kind> = {
  keyword: 'keyword',
  literal: 'keyword',
  'selector-tag': 'keyword',
  built_in: 'name',
  title: 'name',
  name: 'keyword',
  type: 'name',
  section: 'name',
  attr: 'name',
  attribute: 'name',
  'selector-class': 'name',
  'selector-id': 'name',
  string: 'string',
  regexp: 'string',
  symbol: 'string',
  number: 'number',
  comment: 'comment',
  quote: 'comment',
  meta: 'comment',
  addition: 'added',
  deletion: 'removed',
};

type Tree = ReturnType<typeof lowlight.highlight>;

/** The code in runs of one colour; null for a language that is not known. */
export function highlight(language: string, code: string): Run[] | null {
  if (!lowlight.registered(language)) return null;
  const runs: Run[] = [];
  const walk = (nodes: Tree['children'], kind: Kind | null): void => {
    for (const node of nodes) {
      if (node.type === 'text') {
        const last = runs.at(-1);
        if (last !== undefined && last.kind === kind) last.text += node.value;
        else runs.push({ text: node.value, kind });
      } else if (node.type === 'element') walk(node.children, kindOf(node.properties['className']) ?? kind);
    }
  };
  walk(lowlight.highlight(language.toLowerCase(), code).children, null);
  return runs;
}

function kindOf(names: unknown): Kind | null {
  const [name] = Array.isArray(names) ? names : [];
  return typeof name === 'string' ? (KINDS[name.replace('hljs-', '')] ?? null) : null;
}
