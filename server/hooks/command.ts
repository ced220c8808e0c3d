/**
 * A program of the user's: an argument array, never a shell; few variables; in a process group of its own that is gone
 * when the hook is over.
 */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HookContext, HookEnd } from '../engine/hooks.ts';
import { errnoOf, LabError } from '../lib/errors.ts';
import type { Hook } from '../schemas/hooks.ts';
import { commandEnv } from './command-env.ts';
import type { HookFacts } from './facts.ts';

/** Between the request to end and the end. */
const GRACE_MS = 250;
/** After the program's own end: what it left running may hold its output open. */
const DRAIN_MS = 500;

export async function runCommand(hook: Hook, facts: HookFacts, context: HookContext): Promise<HookEnd> {
  const [file = '', ...args] = hook.command ?? [];
  context.report(`Running ${file}.`);
  const { code, signal } = await spawnGroup(file, args, commandEnv(hook, facts), facts.home, context);
  if (code === 0) return { kind: 'done', exitCode: 0 };
  throw new LabError({
    code: 'hook_failed',
    message:
      code === null
        ? `${file} was ended by ${signal ?? 'a signal'}.`
        : `${file} ended with exit code ${code}.`,
    fix: `See what it wrote with \`ailab-web hooks show ${hook.name}\` or on the Hooks page.`,
    details: code === null ? {} : { exitCode: code },
  });
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Resolves when program and group are gone; rejects with the signal's reason after an abort. */
function spawnGroup(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
  { signal, write }: HookContext,
): Promise<Ended> {
  const grouped = process.platform !== 'win32';
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: grouped,
      windowsHide: true,
    });
    let over = false;
    child.stdout.on('data', (chunk: Buffer) => over || write(chunk));
    child.stderr.on('data', (chunk: Buffer) => over || write(chunk));
    const closed = new Promise<void>((done) => child.once('close', () => done()));
    const kill = (how: NodeJS.Signals) => killGroup(child.pid, grouped, how);
    const finish = async (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })]);
      over = true;
      child.stdout.destroy();
      child.stderr.destroy();
      settle();
    };
    const onAbort = async () => {
      kill('SIGTERM');
      await Promise.race([closed, sleep(GRACE_MS)]);
      kill('SIGKILL');
      await finish(() => reject(signal.reason as Error));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.once('error', (error) => {
      signal.removeEventListener('abort', onAbort);
      reject(notRunnable(file, error));
    });
    child.once('exit', (code, by) => {
      if (signal.aborted) return;
      // What is still there in a moment keeps the output open: it goes with the hook.
      const left = setTimeout(() => kill('SIGKILL'), DRAIN_MS / 2);
      void finish(() => {
        clearTimeout(left);
        resolve({ code, signal: by });
      });
    });
  });
}

function killGroup(pid: number | undefined, grouped: boolean, how: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(grouped ? -pid : pid, how);
  } catch {
    // Already gone.
  }
}

function notRunnable(file: string, error: Error): LabError {
  const code = errnoOf(error);
  const why =
    code === 'ENOENT'
      ? `there is no program ${file}`
      : code === 'EACCES'
        ? `${file} may not be run`
        : error.message;
  return new LabError({
    code: 'hook_not_runnable',
    message: `${why}.`,
    fix: 'Correct the first word of its `command` in ai-lab.yaml: a program on the PATH, or a path (a relative one counts from the home).',
    cause: error,
  });
}
