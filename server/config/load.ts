/**
 * Reads `ai-lab.yaml`. A missing file is the defaults. An invalid one is a list of problems with line and key,
 * never silent defaults: `up` refuses, `status` and `down` still work.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { errnoOf, LabError } from '../lib/errors.ts';
import { harmless } from '../lib/harmless.ts';
import { configFile, type ConfigFile, type ConfigProblem } from '../schemas/config.ts';
import { duplicateKeys, offsetOf } from './positions.ts';
import { decodeConfig, MAX_BYTES, refuseText, TOO_LARGE, wholeFile } from './text.ts';
import { plainIssues } from './issues.ts';

const MAX_PROBLEMS = 20;

export interface ParsedConfig {
  path: string;
  exists: boolean;
  /** The file's values when it is valid, else empty. */
  values: ConfigFile;
  /** What the YAML says, before any schema; undefined where it is no YAML. */
  plain: unknown;
  problems: ConfigProblem[];
}

export interface LoadedConfig extends ParsedConfig {
  /** Null when there is no file, or none that can be shown. */
  text: string | null;
  /** Of the bytes on disk, in hex; null as `text`. */
  sha256: string | null;
}

/** The file as it was last read: it is looked at every time, and taken apart again only when its bytes are others. */
let last: LoadedConfig | undefined;

export function loadConfig(path: string): LoadedConfig {
  const none = { text: null, sha256: null };
  let bytes: Buffer;
  try {
    const { size } = demandFile(path);
    if (size > MAX_BYTES) return { ...none, ...invalid(path, [TOO_LARGE]) };
    bytes = readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT')
      return { ...none, path, exists: false, values: {}, plain: undefined, problems: [] };
    return {
      ...none,
      ...invalid(path, [wholeFile(`The file can't be read (${errnoOf(error) ?? String(error)}).`)]),
    };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (last?.path === path && last.sha256 === sha256) return last;
  const { text, problem } = decodeConfig(bytes);
  const parsed = problem === null ? parseConfig(path, text) : invalid(path, [problem]);
  last = { ...parsed, text, sha256 };
  return last;
}

/** A pipe or a device would keep its reader waiting for ever. */
function demandFile(path: string): { size: number } {
  const stats = statSync(path);
  if (stats.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  if (!stats.isFile()) throw new Error('it is no file');
  return stats;
}

export function parseConfig(path: string, text: string): ParsedConfig {
  const refused = refuseText(text);
  if (refused !== null) return invalid(path, [refused]);
  const lines = new LineCounter();
  // The library's own search for doubled keys takes time by their number squared.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    // `!!set` and its like would bring objects that no schema expects.
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const problem = (offset: number, key: string, message: string): ConfigProblem => {
    const { line, col: column } = lines.linePos(offset);
    return { line, column, key: harmless(key).slice(0, 100), message: harmless(message).slice(0, 500) };
  };
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const all = faults.slice(0, MAX_PROBLEMS);
    return invalid(
      path,
      all.map(({ pos, message }) => problem(pos[0], '', tooDeep(message) ?? message)),
    );
  }
  const doubled = duplicateKeys(document.contents);
  if (doubled.length > 0) {
    const all = doubled.slice(0, MAX_PROBLEMS);
    return invalid(
      path,
      all.map(({ offset, key }) => problem(offset, key, 'This key is there twice.')),
    );
  }
  const plain = toPlain(document);
  if (plain instanceof Error) return invalid(path, [wholeFile(tooDeep(plain.message) ?? plain.message)]);
  const parsed = configFile.safeParse(plain ?? {});
  if (parsed.success) return { path, exists: true, values: parsed.data, plain, problems: [] };
  const problems = parsed.error.issues
    .flatMap(plainIssues)
    .slice(0, MAX_PROBLEMS)
    .map(({ path: where, message }) =>
      problem(offsetOf(document.contents, where), where.map(String).join('.'), message),
    );
  return { ...invalid(path, problems), plain };
}

/** Aliases are refused by count, so that a few lines can't grow into gigabytes. */
function toPlain(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function tooDeep(message: string): string | undefined {
  return /call stack/.test(message) ? 'It is nested too deeply.' : undefined;
}

/** In the order of the file. */
function invalid(path: string, problems: ConfigProblem[]): ParsedConfig {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { path, exists: true, values: {}, plain: undefined, problems: sorted };
}

/** Line and column of a key, named with dots, in a valid text; of its nearest known parent when it is absent. */
export function placeOf(text: string, key: string): Pick<ConfigProblem, 'line' | 'column'> {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter });
  const { line, col: column } = lineCounter.linePos(offsetOf(contents, key.split('.')));
  return { line, column };
}

export function formatProblem(path: string, problem: ConfigProblem): string {
  const place = `${path}:${problem.line}:${problem.column}`;
  return problem.key === '' ? `${place}: ${problem.message}` : `${place}: ${problem.key}: ${problem.message}`;
}

export function invalidConfigError(config: Pick<ParsedConfig, 'path' | 'problems'>, fix?: string): LabError {
  return new LabError({
    code: 'config_invalid',
    message: config.problems.map((problem) => formatProblem(config.path, problem)).join('\n'),
    fix: fix ?? `Mend ${config.path} at the line named, then run the same command again.`,
    status: 400,
    details: { problems: config.problems },
  });
}
