/** Changes one key in the text of `ai-lab.yaml` and leaves every other character as it is, where that can be done. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, parseDocument, stringify, type Document } from 'yaml';

/** `value` undefined takes the key out, with the groups that it leaves empty. The text must be valid. */
export function withKey(text: string, path: readonly string[], value: unknown): string {
  const document = parseDocument(text);
  if (value === undefined) remove(document, path);
  else put(document, path, value);
  const wanted: unknown = document.toJS() ?? {};
  const spliced = value === undefined ? cutOut(text, path) : splice(text, path, value);
  if (spliced !== undefined && means(spliced, wanted)) return spliced;
  const rewritten = document.toString({ lineWidth: 0 });
  return text.includes('\r\n') ? rewritten.replaceAll(/\r?\n/g, '\r\n') : rewritten;
}

function means(text: string, wanted: unknown): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS() ?? {}, wanted);
}

/** In place of the old value when that stands on its line; a new key of the top at the end. */
function splice(text: string, path: readonly string[], value: unknown): string | undefined {
  const document = parseDocument(text);
  const node = document.getIn(path, true);
  const inline = stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  if (isNode(node) && node.range) {
    const [start, end] = node.range;
    return `${text.slice(0, start)}${inline}${text.slice(end)}`;
  }
  const [key, ...deeper] = path;
  if (key === undefined || deeper.length > 0 || document.has(key)) return undefined;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : newline;
  return `${text}${gap}${key}: ${inline}${newline}`;
}

/** The lines of a key of the top. */
function cutOut(text: string, path: readonly string[]): string | undefined {
  const { contents } = parseDocument(text);
  if (path.length !== 1 || !isMap(contents)) return undefined;
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === path[0]);
  if (pair === undefined) return text;
  const start = isNode(pair.key) ? pair.key.range?.[0] : undefined;
  const end = isNode(pair.value) ? pair.value.range?.[1] : undefined;
  if (start === undefined || end === undefined) return undefined;
  const line = text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1;
  return text.slice(0, start) + (line === 0 ? '' : text.slice(line));
}

function put(document: Document, path: readonly string[], value: unknown): void {
  for (let depth = 1; depth < path.length; depth += 1) {
    const group = path.slice(0, depth);
    if (!isMap(document.getIn(group, true))) document.setIn(group, document.createNode({}));
  }
  document.setIn(path, value);
}

function remove(document: Document, path: readonly string[]): void {
  document.deleteIn(path);
  const group = path.slice(0, -1);
  const node = document.getIn(group, true);
  if (group.length > 0 && isMap(node) && node.items.length === 0) remove(document, group);
}
