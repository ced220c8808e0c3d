/**
 * Reads `ai-lab.yaml`. A missing file is the defaults. An invalid one is a list of problems with line and key,
 * never silent defaults: `up` refuses, `status` and `down` still work.
 */
import { readFileSync, statSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import { errnoOf, LabError } from '../lib/errors.ts';
import { configFile, type ConfigFile, type ConfigProblem } from '../schemas/config.ts';

/** A config is a page of text; anything larger is some other file, or an attack. */
const MAX_BYTES = 64 * 1024;
const MAX_PROBLEMS = 20;

export interface LoadedConfig {
  path: string;
  exists: boolean;
  /** The file's values when it is valid, else empty. */
  values: ConfigFile;
  problems: ConfigProblem[];
}

export function loadConfig(path: string): LoadedConfig {
  let text: string;
  try {
    if (statSync(path).size > MAX_BYTES) {
      return invalid(path, [
        { line: 1, column: 1, key: '', message: `The file is larger than ${MAX_BYTES / 1024} KB.` },
      ]);
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { path, exists: false, values: {}, problems: [] };
    const message = `The file can't be read (${errnoOf(error) ?? String(error)}).`;
    return invalid(path, [{ line: 1, column: 1, key: '', message }]);
  }
  return parseConfig(path, text);
}

export function parseConfig(path: string, text: string): LoadedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const position = lines.linePos(offset);
    return { line: position.line, column: position.col };
  };
  if (document.errors.length > 0) {
    return invalid(
      path,
      document.errors
        .slice(0, MAX_PROBLEMS)
        .map((error) => ({ ...at(error.pos[0]), key: '', message: error.message })),
    );
  }
  const plain = toPlain(document);
  if (plain instanceof Error) return invalid(path, [{ line: 1, column: 1, key: '', message: plain.message }]);
  const parsed = configFile.safeParse(plain ?? {});
  if (parsed.success) return { path, exists: true, values: parsed.data, problems: [] };
  const problems = parsed.error.issues
    .flatMap(plainIssues)
    .slice(0, MAX_PROBLEMS)
    .map(({ path: where, message }) => ({
      ...at(offsetOf(document, where)),
      key: where.map(String).join('.'),
      message,
    }));
  return invalid(path, problems);
}

type Issue = z.core.$ZodIssue;

/** One entry for each unknown key; of a choice between shapes, what is wrong with the one that was meant. */
function plainIssues(issue: Issue): Pick<Issue, 'path' | 'message'>[] {
  if (issue.code === 'unrecognized_keys') {
    const message = issue.message.startsWith('Unrecognized key') ? 'There is no such key.' : issue.message;
    return issue.keys.map((key) => ({ path: [...issue.path, key], message }));
  }
  if (issue.code !== 'invalid_union') return [{ path: issue.path, message: inWords(issue.message) }];
  const meant =
    issue.errors.find((branch) =>
      branch.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
    ) ??
    issue.errors[0] ??
    [];
  return meant.flatMap((inner) => plainIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}

function inWords(message: string): string {
  return message
    .replace(/^Invalid \w+: expected/, 'Expected')
    .replace(/received undefined$/, 'but it is missing');
}

/** Aliases are refused by count, so that a few lines can't grow into gigabytes. */
function toPlain(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Where the key of that path stands in the text; where its nearest known parent stands, when it is absent. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    const pair = isMap(node) ? node.items.find((item) => nameOf(item.key) === String(key)) : undefined;
    const inside: unknown = isSeq(node) ? node.items[Number(key)] : pair?.value;
    const mark = isSeq(node) ? inside : pair?.key;
    if (mark === undefined || mark === null) break;
    offset = (mark as Node).range?.[0] ?? offset;
    node = inside;
  }
  return offset;
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function invalid(path: string, problems: ConfigProblem[]): LoadedConfig {
  return { path, exists: true, values: {}, problems };
}

export function formatProblem(path: string, problem: ConfigProblem): string {
  const place = `${path}:${problem.line}:${problem.column}`;
  return problem.key === '' ? `${place}: ${problem.message}` : `${place}: ${problem.key}: ${problem.message}`;
}

export function invalidConfigError(config: LoadedConfig): LabError {
  return new LabError({
    code: 'config_invalid',
    message: config.problems.map((problem) => formatProblem(config.path, problem)).join('\n'),
    fix: `Mend ${config.path} at the line named, then run the same command again.`,
    status: 400,
    details: { problems: config.problems },
  });
}
