/** One life of the model server: its own process group, output into the log, and how it ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { identityOf, type ProcessIdentity } from '../lib/process-identity.ts';
import type { Command } from './command.ts';
import type { LogFile } from './log-file.ts';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  spawnError?: string;
}

export interface Child {
  /** Undefined when it never came to life, or was gone before it could be looked at. */
  identity: ProcessIdentity | undefined;
  exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

export interface ChildOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  log: LogFile;
  /** Sent over IPC as soon as the child runs. */
  message?: object;
}

export function startChild(command: Command, { cwd, env, log, message }: ChildOptions): Child {
  const posix = process.platform !== 'win32';
  const child = spawn(command.file, command.args, {
    cwd,
    env,
    detached: posix,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(command.ipc ? (['ipc'] as const) : [])],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => log.write(chunk));
    stream?.on('error', () => undefined);
  }
  if (message !== undefined && child.pid !== undefined) child.send(message, () => undefined);
  return {
    identity: child.pid === undefined ? undefined : identityOf(child.pid),
    exited: ended(child),
    kill(signal) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(posix ? -child.pid : child.pid, signal);
      } catch {
        // Already gone.
      }
    },
  };
}

/** Resolves at the exit, after the last output where that comes at once (a grandchild may hold the pipe open). */
function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, spawnError: error.message });
    });
    child.once('exit', (code, signal) => {
      const late = setTimeout(() => resolve({ code, signal }), 200);
      child.once('close', () => {
        clearTimeout(late);
        resolve({ code, signal });
      });
    });
  });
}
