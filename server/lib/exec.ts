/**
 * Runs another program: an argument array, never a shell. Its output is bounded, its process group dies with the
 * signal, and a failure carries the program's own last words.
 */
import { spawn } from 'node:child_process';

export interface ExecOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Called with each chunk of output as it comes. */
  onOutput?: (text: string) => void;
  /** What it reads on stdin, where a secret is better than in an argument; else stdin is empty. */
  input?: string;
  /** Keep at most this many characters of each stream, the last ones. */
  keep?: number;
}

export interface ExecResult {
  /** Exit code, or null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Resolves with the result whatever the exit code; rejects with ENOENT and the like, and with the abort reason. */
export function exec(file: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const keep = options.keep ?? 64 * 1024;
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted === true) {
      reject(options.signal.reason as Error);
      return;
    }
    const posix = process.platform !== 'win32';
    const child = spawn(file, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: posix,
      windowsHide: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    // A program that doesn't read its input is no failure of ours.
    child.stdin?.on('error', () => undefined).end(options.input);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-keep);
      options.onOutput?.(text);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keep);
      options.onOutput?.(text);
    });
    const onAbort = () => killGroup(child.pid, posix);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.once('error', (error) => {
      options.signal?.removeEventListener('abort', onAbort);
      reject(error);
    });
    child.once('close', (code, signal) => {
      options.signal?.removeEventListener('abort', onAbort);
      if (options.signal?.aborted === true) reject(options.signal.reason as Error);
      else resolve({ code, signal, stdout, stderr });
    });
  });
}

function killGroup(pid: number | undefined, posix: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(posix ? -pid : pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

/** The last lines a person should see of a failed program: stderr, else stdout. */
export function lastWords(result: Pick<ExecResult, 'stdout' | 'stderr'>, lines = 6): string {
  const text = result.stderr.trim() === '' ? result.stdout : result.stderr;
  return text.trim().split('\n').slice(-lines).join('\n').slice(-1200);
}
