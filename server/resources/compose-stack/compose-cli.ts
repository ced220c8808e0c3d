/** The Compose command: renders the stack file, and creates and starts what is named. Nothing else is asked of it. */
import { join } from 'node:path';
import { LabError } from '../../lib/errors.ts';
import { exec, type ExecResult } from '../../lib/exec.ts';
import type { Profile } from '../../schemas/lab.ts';
import { createLineReader, readComposeLine } from './compose-progress.ts';
import type { ComposeCommand } from './find-compose.ts';

export interface ComposeCall {
  command: ComposeCommand;
  project: string;
  stacksFolder: string;
  profile: Profile;
  /** Complete; see composeEnvironment. */
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

export function stackPaths(stacksFolder: string, profile: Profile): string[] {
  const files = profile === 'gpu' ? ['stack.yml', 'stack.gpu.yml'] : ['stack.yml'];
  return files.map((file) => join(stacksFolder, file));
}

function args(call: ComposeCall, rest: readonly string[]): string[] {
  const files = stackPaths(call.stacksFolder, call.profile).flatMap((file) => ['-f', file]);
  return [...call.command.args, '--progress', 'json', '-p', call.project, ...files, ...rest];
}

const CONFIG_MS = 60_000;

/** The rendered file as JSON text. Compose doubles every dollar in it. */
export async function composeConfig(call: ComposeCall): Promise<string> {
  const result = await exec(call.command.file, args(call, ['config', '--format', 'json']), {
    env: call.env,
    cwd: call.stacksFolder,
    signal: AbortSignal.any([call.signal, AbortSignal.timeout(CONFIG_MS)]),
    keep: 4 * 1024 * 1024,
  });
  if (result.code === 0) return result.stdout;
  throw new LabError({
    code: 'stack_invalid',
    message: `Docker Compose does not accept ${stackPaths(call.stacksFolder, call.profile).join(' and ')}: ${errorWords(result)}.`,
    fix: 'Mend the file or variable it names. Unchanged files belong to the package: `npm i -g ailab-web` puts them back.',
  });
}

export interface UpRequest {
  services: readonly string[];
  /** Replaces their containers; without it a container that is there is only started. */
  recreate: boolean;
  onProgress(words: string): void;
}

/** Creates and starts the named services and no other one. Images must be there. */
export async function composeUp(call: ComposeCall, request: UpRequest): Promise<void> {
  const reader = createLineReader((line) => {
    const word = readComposeLine(line);
    if (word?.kind === 'progress') request.onProgress(`${word.id}: ${word.text}`);
  });
  const flags = ['up', '--detach', '--no-deps', '--no-build', '--pull', 'never'];
  const mode = request.recreate ? '--force-recreate' : '--no-recreate';
  const result = await exec(call.command.file, args(call, [...flags, mode, '--', ...request.services]), {
    env: call.env,
    cwd: call.stacksFolder,
    signal: call.signal,
    onOutput: reader.feed,
  });
  reader.end();
  if (result.code !== 0) throw upFailed(result, request.services);
}

/** Compose's own last words, whichever shape they come in. */
export function errorWords(result: Pick<ExecResult, 'stderr' | 'stdout' | 'code'>): string {
  const words = result.stderr.split('\n').map(readComposeLine);
  const errors = words.flatMap((word) => (word?.kind === 'error' ? [word.text] : []));
  const plain = words.flatMap((word) => (word?.kind === 'plain' ? [word.text] : []));
  const said = errors.at(-1) ?? plain.slice(-3).join(' ');
  const text = said === '' ? `it ended with code ${result.code} and no word` : said;
  return text
    .replace(/^Error response from daemon: /, '')
    .replace(/\.$/, '')
    .slice(-1200);
}

function upFailed(result: ExecResult, services: readonly string[]): LabError {
  const words = errorWords(result);
  const port = /(?:Bind for|listen tcp\d?) \S*?:(\d+)[^\d].*(?:allocated|in use)/i.exec(words)?.[1];
  if (port !== undefined) {
    return new LabError({
      code: 'port_in_use',
      message: `Port ${port} was taken while the services were being started: ${words}.`,
      fix: `End what listens on ${port}, or set another port under \`ports:\` in ai-lab.yaml; then run \`ailab-web up\` again.`,
      status: 409,
      details: { port: Number(port) },
    });
  }
  return new LabError({
    code: 'compose_up_failed',
    message: `Docker Compose could not start ${services.join(', ')}: ${words}.`,
    fix: 'Mend what it names, then run `ailab-web up` again: it goes on from what is there.',
    status: 502,
  });
}
