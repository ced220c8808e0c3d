/**
 * Every error that the product can name, read from its sources: an object or a call that gives a `code`, with the words
 * of its message and its fix. A value put in at run time is shown as `…`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAst } from 'vitest/node';
import { ROOT } from '../support/lab.ts';

export interface NamedError {
  code: string;
  /** Empty where the words come from elsewhere, as the last lines of a program that failed. */
  message: string;
  fix: string;
  /** Of the source, from the root. */
  file: string;
}

interface Node {
  type: string;
  [key: string]: unknown;
}

/** Their `code` is no error's: the worker's HTTP status, zod's issues, what a check of the screen found. */
const OTHERS = ['server/llama-worker', 'server/testing'];
/** Those in capitals are tRPC's. */
const NOT_CODES = /^(custom|page|[A-Z_]+)$/;
const FIELDS = ['code', 'message', 'fix'] as const;

export function namedErrors(): NamedError[] {
  const sources = sourceFiles().map((file) => ({ file, tree: parse(file) }));
  const makers = new Map<string, string[]>();
  for (const { tree } of sources) walk(tree, (node) => noteMaker(node, makers));
  const found: NamedError[] = [];
  for (const { file, tree } of sources) {
    const add = (codes: string[], message: string, fix: string) => {
      for (const code of codes.filter((one) => !NOT_CODES.test(one)))
        found.push({ code, message, fix, file });
    };
    walk(tree, (node) => {
      if (node.type === 'ObjectExpression') readObject(node, add);
      if (node.type === 'CallExpression') readCall(node, makers, add);
    });
  }
  return found;
}

type Add = (codes: string[], message: string, fix: string) => void;

function readObject(node: Node, add: Add): void {
  const field = (name: string) =>
    (node['properties'] as Node[]).find((property) => nameOf(property['key']) === name)?.['value'] as
      | Node
      | undefined;
  const code = field('code');
  if (code === undefined || (field('message') === undefined && field('fix') === undefined)) return;
  add(literals(code), wordsOf(field('message')), wordsOf(field('fix')));
}

function readCall(node: Node, makers: Map<string, string[]>, add: Add): void {
  const parameters = makers.get(nameOf(node['callee']) ?? '');
  if (parameters === undefined) return;
  const [code, message, fix] = FIELDS.map((field) => {
    const place = parameters.indexOf(field);
    return place === -1 ? undefined : (node['arguments'] as Node[])[place];
  });
  if (code !== undefined) add(literals(code), wordsOf(message), wordsOf(fix));
}

/** A function of ours that takes an error's `code` as an argument. */
function noteMaker(node: Node, makers: Map<string, string[]>): void {
  const isArrow = node.type === 'VariableDeclarator';
  if (!isArrow && node.type !== 'FunctionDeclaration') return;
  const made = (isArrow ? node['init'] : node) as Node | null;
  const name = nameOf(node['id']);
  if (name === undefined || !Array.isArray(made?.['params'])) return;
  const parameters = made['params'].map((parameter: Node) => nameOf(parameter) ?? '');
  if (parameters.includes('code') && parameters.some((one) => one === 'message' || one === 'fix'))
    makers.set(name, parameters);
}

/** The strings that an expression can be. */
function literals(node: Node): string[] {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return [node['value']];
  if (node.type === 'TemplateLiteral') return [wordsOf(node)];
  if (node.type === 'ConditionalExpression')
    return [...literals(node['consequent'] as Node), ...literals(node['alternate'] as Node)];
  return [];
}

function wordsOf(node: Node | undefined): string {
  if (node === undefined) return '';
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : '';
  if (node.type === 'TemplateLiteral')
    return (node['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…');
  if (node.type === 'BinaryExpression') return wordsOf(node['left'] as Node) + wordsOf(node['right'] as Node);
  if (node.type === 'ConditionalExpression')
    return [node['consequent'], node['alternate']]
      .map((one) => wordsOf(one as Node))
      .filter((words) => words !== '')
      .join(' / ');
  return '';
}

function nameOf(node: unknown): string | undefined {
  const { name, type } = (node ?? {}) as { name?: unknown; type?: string };
  return type === 'Identifier' && typeof name === 'string' ? name : undefined;
}

function walk(node: unknown, see: (node: Node) => void): void {
  if (Array.isArray(node)) for (const one of node) walk(one, see);
  else if (typeof node === 'object' && node !== null) {
    if ('type' in node) see(node as Node);
    for (const value of Object.values(node)) walk(value, see);
  }
}

function parse(file: string): unknown {
  return parseAst(readFileSync(join(ROOT, file), 'utf8'), { lang: 'ts' });
}

function sourceFiles(): string[] {
  return ['server', 'db']
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !OTHERS.some((folder) => file.startsWith(folder)))
    .toSorted();
}
