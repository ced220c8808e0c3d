/** The bytes of `ai-lab.yaml` as text, and whether they are text at all. */
import type { ConfigProblem } from '../schemas/config.ts';

/** A config is a page of text; anything larger is some other file, or an attack. */
export const MAX_BYTES = 32 * 1024;

export const TOO_LARGE = wholeFile(`The file is larger than ${MAX_BYTES / 1024} KB.`);

export interface ConfigText {
  /** The text, or the best guess at what was meant when it is not UTF-8. */
  text: string;
  /** Why it is not taken as it is. */
  problem: ConfigProblem | null;
}

/** UTF-8, with or without a byte order mark. Other encodings are shown, not taken: a guess is no config. */
export function decodeConfig(bytes: Uint8Array): ConfigText {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    const text = new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
    return { text, problem: wholeFile('The file is UTF-16; it must be UTF-8.') };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), problem: null };
  } catch {
    const guess = new TextDecoder('windows-1252').decode(bytes);
    const { length } = new TextDecoder().decode(bytes).split('\uFFFD', 1)[0] ?? '';
    return { text: guess, problem: at(guess, length, 'This is not UTF-8; the file must be.') };
  }
}

/** What YAML forbids in a text, or what would keep its reader busy for minutes; null when there is nothing. */
export function refuseText(text: string): ConfigProblem | null {
  if (Buffer.byteLength(text) > MAX_BYTES) return TOO_LARGE;
  const control = /(?![\t\n\r\u0085])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.exec(text);
  if (control !== null) {
    const code = (control[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return at(text, control.index, `There is a control character here (U+${code}).`);
  }
  return refuseNesting(text);
}

const MAX_DEPTH = 64;

/**
 * The parser takes time by the third power of the depth of `?` keys, and all of the stack for brackets. Nobody writes
 * either, so brackets are counted without regard to quotes.
 */
function refuseNesting(text: string): ConfigProblem | null {
  let depth = 0;
  let questions = 0;
  for (const { 0: mark, index } of text.matchAll(/(?<![^\s])#.*|[[{]|[\]}]|\?(?=\s)/g)) {
    if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth = Math.max(0, depth - 1);
    else if (mark === '?') questions += 1;
    if (Math.max(depth, questions) > MAX_DEPTH) return at(text, index, 'It is nested too deeply here.');
  }
  return null;
}

export function wholeFile(message: string): ConfigProblem {
  return { line: 1, column: 1, key: '', message };
}

function at(text: string, offset: number, message: string): ConfigProblem {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, key: '', message };
}
