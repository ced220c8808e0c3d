/**
 * Text of logs and errors without what is nobody's business: secrets by their very value and by their shape, the names
 * of user and machine, paths, and every line that holds words of a conversation.
 */

interface Known {
  value: string;
  as: string;
}

export interface Private {
  /** Put for the value; longest first. */
  values: readonly Known[];
  /** The same, where they stand as a word of their own. */
  names: readonly Known[];
  /** What people and models wrote to each other. */
  conversations: readonly string[];
}

export type Redact = (text: string) => string;

const SHAPES: readonly [RegExp, string][] = [
  [/\b(?:sk|hf|ghp|gho|ghs|xox[abp]|glpat)[-_][\w-]{8,}/g, '<key>'],
  [/\beyJ[\w-]{5,}\.[\w-]{4,}(?:\.[\w-]*)?/g, '<token>'],
  [/\b(Bearer|Basic) +[\w.~+/=-]{6,}/gi, '$1 <key>'],
  [
    /(["']?\b[\w-]*(?:password|passwd|secret|token|api[_-]?key|authorization|cookie)["']?\s?[:=]\s?)["']?[^\s"',;}]{3,}/gi,
    '$1<secret>',
  ],
  [/:\/\/[^\s/@]{1,200}@/g, '://<login>@'],
  [/(https?:\/\/[^\s?#"']{1,500})[?#][^\s"']*/g, '$1?<query>'],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '<mail>'],
  // Not the clock of llama-server: 0.04.659.973 I …
  [
    /(?<![\d.])(?!127\.|0\.)(?:(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])\.){3}(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?![\d.]| [A-Z] )/g,
    '<address>',
  ],
  // What programs print of requests: from there on, the words are somebody's.
  [/(["'](?:content|prompt|messages|input|text|arguments|query)["']\s?:)[^\n]*/gi, '$1 <left out>'],
  [/\b(prompt|last read|example_format|tokenized|generated text)\s?[:=] ?['"][^\n]*/gi, '$1: <left out>'],
  // The last step of a path tells what it was; the way to it tells whose.
  [/(?<![\w:/.])\/(?:[\w.@+~-]+\/)+(?=[\w.@+~-]*)/g, '…/'],
  [/\b[A-Za-z]:\\(?:[^\s\\"']+\\)+/g, '…\\'],
  [/\b[A-Fa-f0-9]{40,}\b/g, '<hex>'],
  [/\b(?=[\w+/-]*\d)(?=[\w+/-]*[A-Z])(?=[\w+/-]*[a-z])[\w+/-]{32,}={0,2}/g, '<key>'],
];

const WORDS = 4;
const SHORT = 12;

const longest = (list: readonly Known[]): Known[] =>
  list.filter(({ value }) => value.length >= 3).toSorted((a, b) => b.value.length - a.value.length);

export function createRedactor({ values, names, conversations }: Private): Redact {
  const exact = longest(values);
  const words = longest(names).map(({ value, as }): [RegExp, string] => [
    new RegExp(`(?<![\\p{L}\\p{N}_])${RegExp.escape(value)}(?![\\p{L}\\p{N}_])`, 'giu'),
    as,
  ]);
  const windows = new Set(conversations.flatMap(windowsOf));
  const short = conversations.map(plain).filter((text) => text.length >= 6 && text.length <= SHORT * 4);
  return (text) =>
    text
      .split('\n')
      .map((line) => redactLine(line, exact, [...SHAPES, ...words], windows, short))
      .join('\n');
}

function redactLine(
  line: string,
  exact: readonly Known[],
  shapes: readonly (readonly [RegExp, string])[],
  windows: ReadonlySet<string>,
  short: readonly string[],
): string {
  const bare = plain(line);
  if (windowsOf(line).some((one) => windows.has(one)) || short.some((one) => bare.includes(one)))
    return '<a line with words of a conversation>';
  let clean = line;
  for (const { value, as } of exact) clean = clean.replaceAll(value, as);
  for (const [shape, as] of shapes) clean = clean.replace(shape, as);
  return clean;
}

/** Letters and digits only, so that quoting and escapes hide nothing. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\\[nrt]|[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Every four words in a row; of a text with fewer, all of them when they are not too common. */
function windowsOf(text: string): string[] {
  const words = plain(text.slice(0, 200_000)).split(' ');
  if (words.length < WORDS) return [];
  return words.slice(0, 1 - WORDS || undefined).flatMap((_word, at) => {
    const window = words.slice(at, at + WORDS).join(' ');
    return window.length >= SHORT ? [window] : [];
  });
}
