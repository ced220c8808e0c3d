/**
 * Text of a lock to plain values, by a reader that trusts nothing. Scalars keep their text wherever a number or a truth
 * value would not give the very same text back: `9.0`, `1.10`, `0x1F` and `1e3` stay what was written.
 */
import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument, type Document } from 'yaml';
import { LabError } from '../lib/errors.ts';
import { harmless } from '../lib/harmless.ts';
import { LOCK_MAX_BYTES } from '../schemas/lock-text.ts';
import { LOCK_END, LOCK_HEAD } from './write.ts';

/** Above it the parser could take more than a second; the lock of a lab has some hundred. */
const MAX_TOKENS = 40_000;
const MAX_FLOW_DEPTH = 64;
/** Deeper than any lock, and far from the end of the stack. */
const MAX_DEPTH = 64;

export interface LockText {
  value: Record<string, unknown>;
  /** A named error at the place of that path, or of its nearest parent. */
  problemAt(path: readonly PropertyKey[], words: string, code?: string): LabError;
}

/** Throws `lock_invalid` with file, line and column. `name` is how the file is called in messages. */
export function readYaml(text: string, name: string): LockText {
  const lines = new LineCounter();
  const at = (offset: number, words: string, code?: string): LabError => {
    const { line, col } = lines.linePos(offset);
    return lockInvalid(
      `${harmless(name)}:${Math.max(1, line)}:${Math.max(1, col)}: ${harmless(words)}`,
      code,
    );
  };
  const refuse = (words: string): LabError => lockInvalid(`${harmless(name)}:1:1: ${words}`);
  if (Buffer.byteLength(text) > LOCK_MAX_BYTES) throw refuse('it is larger than 1 MB.');
  if (text.trim() === '') throw refuse('it is empty.');
  const control = text.search(/[^\P{Cc}\t\n\r]/u);
  if (control >= 0) throw refuse(`it holds a control character (line ${lineOf(text, control)}).`);
  if (text.startsWith(LOCK_HEAD) && !text.trimEnd().endsWith(`\n${LOCK_END}`))
    throw refuse('it is cut off: its last line is not three dots.');
  refuseTooMuch(text, refuse);
  const document = parse(text, lines);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw at(problem.pos[0], `${problem.message.split('\n')[0]}.`);
  if (!isMap(document.contents)) throw refuse('a lock is a map of `version`, `packages` and `resources`.');
  const value = toPlain(document.contents, at, 0) as Record<string, unknown>;
  return {
    value,
    problemAt: (path, words, code) => {
      const where = path.map(String).join('.');
      return at(offsetOf(document, path), where === '' ? words : `${where}: ${words}`, code);
    },
  };
}

/** The lexer alone is cheap and stops where we do; the parser is neither on hostile text. */
function refuseTooMuch(text: string, refuse: (words: string) => LabError): void {
  let tokens = 0;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (tokens > MAX_TOKENS) throw refuse('it has far more in it than a lock has.');
    if (depth > MAX_FLOW_DEPTH) throw refuse('it is nested far deeper than a lock is.');
  }
}

function parse(text: string, lines: LineCounter): Document.Parsed {
  // Each error would carry a stack trace; of hostile text there are tens of thousands.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    // The parser's own look for equal keys compares each with each.
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    throw lockInvalid(`it can't be read as YAML: ${(error as Error).message}`);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

type Fail = (offset: number, words: string) => LabError;
const startOf = (node: unknown): number => {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
};

function toPlain(node: unknown, fail: Fail, depth: number): unknown {
  if (depth > MAX_DEPTH) throw fail(startOf(node), 'it is nested far deeper than a lock is.');
  if (isAlias(node)) throw fail(startOf(node), 'a lock holds no aliases (`*name`); write the value itself.');
  if (isScalar(node)) return scalarOf(node);
  if (isSeq(node)) return node.items.map((item) => toPlain(item, fail, depth + 1));
  if (!isMap(node)) return null;
  const plain = new Map<string, unknown>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
    if (name === undefined || name === '__proto__') throw fail(startOf(key), 'this can not be a key.');
    if (plain.has(name)) throw fail(startOf(key), `the key \`${name}\` is there twice.`);
    plain.set(name, toPlain(value, fail, depth + 1));
  }
  return Object.fromEntries(plain);
}

function scalarOf({ value, source, type }: { value: unknown; source?: string; type?: string }): unknown {
  if (typeof value === 'string' || value === null) return value;
  const written = source ?? String(value);
  const exact = type === 'PLAIN' && String(value) === written;
  return exact && (typeof value === 'number' || typeof value === 'boolean') ? value : written;
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const key of path) {
    if (isSeq(node)) node = node.items[Number(key)];
    else if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) break;
      offset = startOf(pair.key);
      node = pair.value;
      continue;
    } else break;
    if (node === undefined) break;
    offset = startOf(node);
  }
  return offset;
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function lockInvalid(message: string, code = 'lock_invalid'): LabError {
  return new LabError({
    code,
    message,
    fix: 'Nothing was changed. Export the lock again where it was made (`ailab-web lock export FILE`), or mend the line named.',
    status: 400,
  });
}
