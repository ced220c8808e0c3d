/**
 * Reads `ai-lab.yaml`. A missing file is the defaults. An invalid one is a list of problems with line and key,
 * never silent defaults: `up` refuses, `status` and `down` still work.
 */
import { readFileSync, statSync } from 'node:fs';
import { isMap, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { errnoOf, LabError } from '../lib/errors.ts';
import { configFile, type ConfigFile, type ConfigProblem } from '../schemas/config.ts';

/** A config is a page of text; anything larger is some other file, or an attack. */
const MAX_BYTES = 256 * 1024;

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
      document.errors.slice(0, 20).map((error) => ({ ...at(error.pos[0]), key: '', message: error.message })),
    );
  }
  const plain = toPlain(document);
  if (plain instanceof Error) return invalid(path, [{ line: 1, column: 1, key: '', message: plain.message }]);
  const parsed = configFile.safeParse(plain ?? {});
  if (parsed.success) return { path, exists: true, values: parsed.data, problems: [] };
  const problems = parsed.error.issues.slice(0, 20).flatMap((issue) => {
    const keys =
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return keys.map((where) => ({
      ...at(offsetOf(document, where)),
      key: where.join('.'),
      message: issue.code === 'unrecognized_keys' ? 'There is no such key.' : issue.message,
    }));
  });
  return invalid(path, problems);
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
function offsetOf(document: Document.Parsed, path: PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0];
    node = pair.value;
  }
  return offset;
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
