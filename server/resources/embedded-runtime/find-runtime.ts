/**
 * Which model server to run: a llama-server on the PATH (nearly twice as fast), else node-llama-cpp.
 * `AILAB_RUNTIME` = `llama-server`, `node-llama-cpp` or the path of a llama-server forces it.
 */
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { LabError } from '../../lib/errors.ts';
import { exec, lastWords } from '../../lib/exec.ts';
import { expandTilde } from '../../lib/home.ts';
import { isProgram, which } from '../../lib/which.ts';
import type { RuntimeChoice } from '../../schemas/lab.ts';

export { physicalCores } from './threads.ts';

/** The version that is tested, and so the one that is installed. */
export const NODE_LLAMA_CPP_VERSION = '3.22.1';

const PATIENCE_MS = 5000;
/** What we start it with; one that lacks a flag is too old for us. */
const NEEDED_FLAGS = [
  '--alias',
  '--api-key-file',
  '--cache-ram',
  '--cors-origins',
  '--device',
  '--metrics',
  '--offline',
];

export interface RuntimeFinding {
  choice: RuntimeChoice;
  /** Why this one, in words; names a llama-server that was passed over and why. */
  reason: string;
}

/** Throws a LabError only when a forced runtime can't be used. */
export async function findRuntime(env: NodeJS.ProcessEnv = process.env): Promise<RuntimeChoice> {
  return (await lookForRuntime(env)).choice;
}

export async function lookForRuntime(env: NodeJS.ProcessEnv = process.env): Promise<RuntimeFinding> {
  const forced = env['AILAB_RUNTIME'] ?? '';
  const ours: RuntimeChoice = { kind: 'node-llama-cpp', version: NODE_LLAMA_CPP_VERSION };
  if (forced === 'node-llama-cpp') return { choice: ours, reason: 'AILAB_RUNTIME asks for it' };
  if (forced !== '')
    return { choice: await forcedRuntime(forced, env), reason: `AILAB_RUNTIME=${forced} asks for it` };
  const path = which('llama-server', env);
  if (path === undefined) return { choice: ours, reason: 'no llama-server is on the PATH' };
  const looked = await look(path);
  return 'why' in looked
    ? { choice: ours, reason: `${path} was passed over: ${looked.why}` }
    : { choice: { kind: 'llama-server', path, version: looked.version }, reason: `${path} is on the PATH` };
}

async function forcedRuntime(forced: string, env: NodeJS.ProcessEnv): Promise<RuntimeChoice> {
  const bare = forced === 'llama-server';
  const expanded = expandTilde(forced);
  const path = bare ? which('llama-server', env) : isAbsolute(expanded) ? expanded : resolve(expanded);
  // A package manager will bring it; its version is not known before.
  if (bare && path === undefined && bringer(env) !== undefined)
    return { kind: 'llama-server', path: 'llama-server', version: null };
  if (path === undefined || !isProgram(path))
    throw unusable(forced, bare ? 'no llama-server is on the PATH' : `${path ?? forced} is not a program`);
  const looked = await look(path);
  if ('why' in looked) throw unusable(forced, looked.why);
  return { kind: 'llama-server', path, version: looked.version };
}

/** The package managers for which package-tools knows a sound package. */
function bringer(env: NodeJS.ProcessEnv): string | undefined {
  if (process.platform === 'darwin') return which('brew', env);
  return process.platform === 'win32' ? which('winget', env) : undefined;
}

type Looked = { version: string | null } | { why: string };
const looks = new Map<string, Promise<Looked>>();

/** Asks the program itself, once per program file: the lab is resolved every few seconds. */
function look(path: string): Promise<Looked> {
  const { mtimeMs, size } = statSync(path);
  const key = `${path}\0${mtimeMs}\0${size}`;
  const known = looks.get(key) ?? ask(path);
  looks.set(key, known);
  return known;
}

async function ask(path: string): Promise<Looked> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const [version, help] = await Promise.all([
      exec(path, ['--version'], { signal }),
      exec(path, ['--help'], { signal, keep: 1024 * 1024 }),
    ]);
    if (version.code !== 0)
      return { why: `\`--version\` ended with ${version.code ?? version.signal}: ${lastWords(version, 2)}` };
    const lacking = NEEDED_FLAGS.filter((flag) => !help.stdout.includes(flag) && !help.stderr.includes(flag));
    if (lacking.length > 0) return { why: `it is too old: it has no ${lacking.join(', ')}` };
    return { version: parseVersion(`${version.stdout}\n${version.stderr}`) };
  } catch (error) {
    return {
      why: signal.aborted ? `it did not answer within ${PATIENCE_MS / 1000} s` : (error as Error).message,
    };
  }
}

/** `version: 0.7.0 (build 11669, commit …)` since 0.5, `version: 6123 (abcdef)` before. */
export function parseVersion(text: string): string | null {
  return /^version:\s*(\S+)/m.exec(text)?.[1] ?? null;
}

function unusable(forced: string, why: string): LabError {
  return new LabError({
    code: 'runtime_unusable',
    message: `AILAB_RUNTIME=${forced} can't be used: ${why}.`,
    fix: 'Set AILAB_RUNTIME to the path of a recent llama-server, to `node-llama-cpp`, or unset it.',
    status: 409,
  });
}
